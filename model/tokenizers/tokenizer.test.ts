import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { createCharacterTokenizer, UnknownCharacterError } from './character-tokenizer.ts';
import { CheckpointFormatError } from '../checkpoints/checkpoint-format-error.ts';
import { createTokenizer, loadTokenizer } from './tokenizer.ts';

interface Case {
  text: string;
  ids: number[];
  ids_with_special_tokens: number[];
  decoded: string;
  decoded_skipping_special_tokens: string;
}

const fixtures = fileURLToPath(new URL('../../tests/fixtures', import.meta.url));
const { tokenizers } = JSON.parse(readFileSync(`${fixtures}/tokenization.json`, 'utf8')) as {
  tokenizers: { tokenizer: string; vocab_size: number; cases: Case[] }[];
};

for (const name of ['llama-gqa', 'llama-tied']) {
  test(`${name}: ids and texts equal those of the reference tokenizers`, async () => {
    const tokenizer = await loadTokenizer(`${fixtures}/language-models/${name}`);
    const expected = tokenizers.find((entry) => entry.tokenizer.includes(name))!;
    assert.equal(tokenizer.vocabularySize, expected.vocab_size);
    for (const { text, ids, ...want } of expected.cases) {
      const label = JSON.stringify(text);
      assert.deepEqual([...tokenizer.encode(text)], ids, label);
      const withSpecial = [...tokenizer.encode(text, { addSpecialTokens: true })];
      assert.deepEqual(withSpecial, want.ids_with_special_tokens, label);
      assert.equal(tokenizer.decode(ids), want.decoded, label);
      const bare = tokenizer.decode(ids, { skipSpecialTokens: true });
      assert.equal(bare, want.decoded_skipping_special_tokens, label);
    }
  });
}

const characters = createCharacterTokenizer('0123456789+-*=#[];? \n', { pad: '_', end: '$' });

test('a character tokenizer maps each character, and its special tokens, to one id and back', () => {
  const text = '47+8=#55$__';
  const ids = characters.encode(text);
  assert.deepEqual([...ids], [6, 9, 12, 10, 15, 16, 7, 7, 1, 0, 0]);
  assert.equal(characters.decode(ids), text);
  assert.equal(characters.decode(ids, { skipSpecialTokens: true }), '47+8=#55');
  assert.deepEqual([characters.padId, characters.endId, characters.vocabularySize], [0, 1, 23]);
});

test('a character outside the alphabet is refused, and so is one that occurs twice', () => {
  assert.throws(() => characters.encode('4a'), UnknownCharacterError);
  assert.throws(() => createCharacterTokenizer('01$', { pad: '_', end: '$' }), RangeError);
});

test('the files of a character tokenizer mean the same to the general tokenizer', () => {
  const [definition, config] = [...characters.files.values()].map((text) => JSON.parse(text) as object);
  const general = new HuggingFaceTokenizer(definition!, config!);
  for (const text of ['47+8-3*2+6=[55;52]#10$', ' \n?', '']) {
    assert.deepEqual(general.encode(text).ids, [...characters.encode(text)]);
  }
  const ids = [...characters.encode('1 2\n3$')];
  assert.equal(general.decode(ids, { clean_up_tokenization_spaces: false }), '1 2\n3$');
  const again = createTokenizer(characters.files);
  assert.deepEqual(again.encode('9=#1$'), characters.encode('9=#1$'));
  assert.deepEqual([again.padId, again.endId, again.vocabularySize], [0, 1, 23]);
});

test('a damaged tokenizer file is named', () => {
  const files = new Map([...characters.files, ['tokenizer.json', '{']]);
  assert.throws(() => createTokenizer(files), CheckpointFormatError);
});
