import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createCharacterTokenizer } from './character-tokenizer.ts';
import { createPairTokenizer } from './pair-tokenizer.fixture.ts';
import { findOffsets } from './token-offsets.ts';
import { loadTokenizer, type Tokenizer } from './tokenizer.ts';

const fixtures = fileURLToPath(new URL('../../tests/fixtures', import.meta.url));
const { tokenizers } = JSON.parse(readFileSync(`${fixtures}/tokenization.json`, 'utf8')) as {
  tokenizers: { tokenizer: string; cases: { ids_with_special_tokens: number[] }[] }[];
};

/** The text of each token as its offsets tell. */
function piecesOf(tokenizer: Tokenizer, ids: Iterable<number>): string[] {
  const list = [...ids];
  const text = tokenizer.decode(list, { skipSpecialTokens: true });
  return tokenizer.offsets(list).map(({ from, to }) => text.slice(from, to));
}

const pairs = createPairTokenizer('0123456789#~', [
  ['#', '1'],
  ['0', '~'],
  ['#1', '0~'],
  ['~', '7'],
]);

test('tokens of several characters span them, special tokens span nothing', () => {
  const ids = [...pairs.encode('#10~7#12'), pairs.endId];
  assert.deepEqual(piecesOf(pairs, ids), ['#10~', '7', '#1', '2', '']);
  const [first, last] = [pairs.offsets(ids)[0], pairs.offsets(ids).at(-1)];
  assert.deepEqual(
    [first, last],
    [
      { from: 0, to: 4 },
      { from: 8, to: 8 },
    ],
  );
  const within = [...pairs.encode('#1'), pairs.padId, ...pairs.encode('2~7'), pairs.endId];
  assert.deepEqual(piecesOf(pairs, within), ['#1', '', '2', '~7', '']);
  assert.deepEqual(pairs.offsets([]), []);
});

test('the tokens of a character tokenizer are the characters, found out in general as well', () => {
  const characters = createCharacterTokenizer('0123𝟙#', { pad: '<pad>', end: '<end>' });
  const ids = [...characters.encode('#𝟙<pad>3<end>')];
  const offsets = characters.offsets(ids);
  assert.deepEqual(
    offsets.map(({ from, to }) => [from, to]),
    [
      [0, 1],
      [1, 3],
      [3, 3],
      [3, 4],
      [4, 4],
    ],
  );
  const decode = (some: readonly number[]) => characters.decode(some, { skipSpecialTokens: true });
  assert.deepEqual(findOffsets(ids, decode), offsets);
  assert.throws(() => characters.offsets([99]), RangeError);
});

test('each token that holds some bytes of a character spans it whole', async () => {
  const tokenizer = await loadTokenizer(`${fixtures}/language-models/llama-gqa`);
  const ids = tokenizer.encode('The answer é 😀 is 12</s>');
  assert.deepEqual(piecesOf(tokenizer, ids), [
    ...['The', ' answer', ' ', 'é', 'é', ' ', '😀', '😀', '😀', '😀', ' is', ' 1', '2', ''],
  ]);
});

for (const name of ['llama-gqa', 'llama-tied']) {
  test(`${name}: the tokens of every text cover it in order`, async () => {
    const tokenizer = await loadTokenizer(`${fixtures}/language-models/${name}`);
    for (const { ids_with_special_tokens: ids } of tokenizers.find((entry) => entry.tokenizer.includes(name))!
      .cases) {
      const text = tokenizer.decode(ids, { skipSpecialTokens: true });
      let covered = 0;
      for (const { from, to } of tokenizer.offsets(ids)) {
        assert.ok(from <= covered && to >= covered, `[${from}, ${to}) after ${covered} of ${text}`);
        covered = to;
      }
      assert.equal(covered, text.length, JSON.stringify(text));
    }
  });
}

test('a decoder that strips or joins blanks at a distance is followed from the beginning', () => {
  const words = ['▁do', '▁n', '▁', "'t", '▁say', '▁!'];
  const joined = (ids: readonly number[]): string =>
    ids
      .map((id) => words[id]!)
      .join('')
      .replaceAll('▁', ' ')
      .trimStart();
  assert.deepEqual(
    findOffsets([0, 4, 2, 4], joined).map(({ from, to }) => 'do say  say'.slice(from, to)),
    ['do', ' say', ' ', ' say'],
  );
  const tidied = (ids: readonly number[]): string => joined(ids).replace(/ n 't/g, "n't").replace(/ !/g, '!');
  const ids = [0, 1, 2, 3, 4, 5];
  const spans = findOffsets(ids, tidied);
  assert.equal(tidied(ids), "don't say!");
  assert.deepEqual(
    spans.map(({ to }) => to),
    [2, 3, 3, 5, 9, 10],
  );
});
