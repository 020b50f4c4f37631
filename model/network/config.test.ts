import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CheckpointFormatError } from '../checkpoints/checkpoint-format-error.ts';
import { formatConfig, parseConfig, UnsupportedModelError } from './config.ts';

function readFixture(name: string): string {
  return readFileSync(
    new URL(`../../tests/fixtures/language-models/${name}/config.json`, import.meta.url),
    'utf8',
  );
}

function changed(changes: Record<string, unknown>): string {
  return JSON.stringify({ ...(JSON.parse(readFixture('llama-gqa')) as object), ...changes });
}

test('the layout of transformers 5 is read', () => {
  assert.deepEqual(parseConfig(readFixture('llama-gqa')), {
    vocabularySize: 296,
    width: 32,
    layers: 2,
    heads: 4,
    keyValueHeads: 2,
    headWidth: 8,
    feedForwardWidth: 80,
    maxPositions: 128,
    ropeTheta: 10000,
    normEpsilon: 1e-5,
    tiedEmbeddings: false,
    beginId: 1,
    endId: 2,
    padId: 0,
  });
});

test('the layout of transformers 4 is read', () => {
  const config = parseConfig(readFixture('llama-tied'));
  assert.deepEqual([config.ropeTheta, config.tiedEmbeddings, config.padId], [500000, true, 1]);
});

test('absent keys take the defaults of LlamaConfig', () => {
  const config = parseConfig('{"model_type": "llama"}');
  assert.deepEqual([config.width, config.layers, config.heads, config.headWidth], [4096, 32, 32, 128]);
  assert.deepEqual(
    [config.ropeTheta, config.normEpsilon, config.endId, config.padId],
    [10000, 1e-6, 2, null],
  );
  assert.equal(parseConfig('{"model_type": "llama", "num_attention_heads": 8}').keyValueHeads, 8);
});

test('what is written is read back alike', () => {
  const config = parseConfig(readFixture('llama-tied'));
  assert.deepEqual(parseConfig(formatConfig(config)), config);
  assert.deepEqual(parseConfig(changed({ eos_token_id: [2] })).endId, 2);
});

test('models that would run wrongly are refused', () => {
  for (const changes of [
    { model_type: 'qwen2' },
    { rope_parameters: { rope_type: 'llama3', rope_theta: 1e4 } },
    { rope_scaling: { type: 'linear', factor: 2 } },
    { attention_bias: true },
    { mlp_bias: true },
    { hidden_act: 'gelu' },
    { eos_token_id: [2, 3] },
  ]) {
    assert.throws(() => parseConfig(changed(changes)), UnsupportedModelError, JSON.stringify(changes));
  }
});

test('impossible values are refused by name', () => {
  for (const [changes, message] of [
    [{ hidden_size: -1 }, /hidden_size must be a positive number, found -1/],
    [{ hidden_size: '32' }, /hidden_size/],
    [{ num_hidden_layers: 1.5 }, /num_hidden_layers must be a whole number/],
    [{ num_key_value_heads: 3 }, /4 attention heads cannot share 3/],
    [{ head_dim: 7 }, /head width 7 is odd/],
    [{ pad_token_id: 296 }, /id 296 lies outside a vocabulary of 296/],
    [{ bos_token_id: 'x' }, /bos_token_id/],
  ] as const) {
    assert.throws(
      () => parseConfig(changed(changes)),
      (error: unknown) => {
        return error instanceof CheckpointFormatError && message.test(error.message);
      },
    );
  }
  for (const text of ['', '[]', 'null', '{']) assert.throws(() => parseConfig(text), CheckpointFormatError);
});
