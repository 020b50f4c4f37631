import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../backends/backend.ts';
import { defaultCacheDirectory } from '../backends/cache-directory.ts';
import { createCharacterTokenizer } from '../tokenizers/character-tokenizer.ts';
import { CheckpointFormatError } from './checkpoint-format-error.ts';
import { decodePolicy, encodePolicy, loadPolicy, savePolicy } from './checkpoint.ts';
import type { PolicyConfig } from '../network/config.ts';
import {
  clonePolicy,
  countParameters,
  createPolicy,
  disposePolicy,
  exportWeights,
  writeParameters,
} from '../network/policy.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';
import { loadTokenizer } from '../tokenizers/tokenizer.ts';
import { decodeTrainingState, encodeTrainingState } from './training-state.ts';

const tokenizer = createCharacterTokenizer('0123456789+=#', { pad: '_', end: '$' });
const config: PolicyConfig = {
  vocabularySize: tokenizer.vocabularySize,
  width: 8,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 2,
  feedForwardWidth: 12,
  maxPositions: 32,
  ropeTheta: 1000,
  normEpsilon: 1e-6,
  tiedEmbeddings: true,
  beginId: null,
  endId: 1,
  padId: 0,
};

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../tests/fixtures/language-models/${name}`, import.meta.url));
}

/** Runs `body` in a directory of its own and checks that no tensor is left. */
async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const tensors = tf.memory().numTensors;
  const directory = await mkdtemp(join(tmpdir(), 'assay-checkpoint-'));
  try {
    await body(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
  assert.equal(tf.memory().numTensors, tensors);
}

test('a saved policy is a Hugging Face directory that loads to the same bytes', () =>
  inDirectory(async (directory) => {
    const policy = createPolicy(config, 1);
    await savePolicy(policy, tokenizer.files, directory);
    const loaded = await loadPolicy(directory);
    assert.deepEqual(loaded.config, config);
    assert.deepEqual(encodePolicy(loaded), encodePolicy(policy));
    assert.deepEqual((await loadTokenizer(directory)).encode('1+2=#3$'), tokenizer.encode('1+2=#3$'));
    const generation = JSON.parse(
      await readFile(join(directory, 'generation_config.json'), 'utf8'),
    ) as object;
    assert.deepEqual(generation, { bos_token_id: null, do_sample: false, eos_token_id: 1, pad_token_id: 0 });
    disposePolicy(policy);
    disposePolicy(loaded);
  }));

for (const name of ['llama-gqa', 'llama-tied']) {
  test(`${name}: weights are exported exactly as transformers stored them`, async () => {
    const policy = await loadPolicy(fixture(name));
    const stored = parseSafetensors(await readFile(join(fixture(name), 'model.safetensors')));
    const exported = exportWeights(policy);
    assert.deepEqual([...exported.keys()].sort(), [...stored.keys()].sort());
    for (const [key, tensor] of stored) assert.deepEqual(exported.get(key), tensor, key);
    disposePolicy(policy);
  });
}

test('a sharded checkpoint loads like a whole one, and its index may name no other directory', () =>
  inDirectory(async (directory) => {
    const policy = createPolicy(config, 2);
    await savePolicy(policy, tokenizer.files, directory);
    const names = [...exportWeights(policy).keys()];
    const weightMap: Record<string, string> = {};
    for (const shard of [0, 1]) {
      const file = `model-0000${shard + 1}-of-00002.safetensors`;
      const part = [...exportWeights(policy)].filter(([name]) => names.indexOf(name) % 2 === shard);
      for (const [name] of part) weightMap[name] = file;
      await writeFile(join(directory, file), encodeSafetensors(new Map(part)));
    }
    await rename(join(directory, 'model.safetensors'), join(directory, 'elsewhere'));
    const index = join(directory, 'model.safetensors.index.json');
    await writeFile(index, JSON.stringify({ weight_map: weightMap }));
    const loaded = await loadPolicy(directory);
    assert.deepEqual(encodePolicy(loaded), encodePolicy(policy));
    await writeFile(index, JSON.stringify({ weight_map: { a: '../elsewhere' } }));
    await assert.rejects(loadPolicy(directory), CheckpointFormatError);
    disposePolicy(policy);
    disposePolicy(loaded);
  }));

test('a fresh policy depends on its seed only, and a clone is independent', () => {
  const tensors = tf.memory().numTensors;
  const [policy, same, other] = [createPolicy(config, 3), createPolicy(config, 3), createPolicy(config, 4)];
  assert.deepEqual(encodePolicy(policy), encodePolicy(same));
  assert.notDeepEqual(encodePolicy(policy), encodePolicy(other));
  // embedding 15·8, norms 5·8, per layer qkv 8·16, output 8·8, feed-forward 3·8·12
  assert.equal(countParameters(policy), 120 + 40 + 2 * (128 + 64 + 288));
  const clone = clonePolicy(policy);
  const bytes = encodePolicy(clone);
  writeParameters(
    policy,
    policy.parameters.map(({ size }) => new Float32Array(size)),
  );
  assert.notDeepEqual(encodePolicy(policy), bytes);
  assert.deepEqual(encodePolicy(clone), bytes);
  for (const each of [policy, same, other, clone]) disposePolicy(each);
  assert.equal(tf.memory().numTensors, tensors);
});

test('weights that do not fit the config are refused by name', () => {
  const policy = createPolicy(config, 5);
  const weights = exportWeights(policy);
  const name = 'model.layers.1.mlp.up_proj.weight';
  const missing = new Map([...weights].filter(([key]) => key !== name));
  assert.throws(() => decodePolicy(config, encodeSafetensors(missing)), /up_proj.weight is missing/);
  const extra = new Map([...weights, ['model.layers.2.mlp.up_proj.weight', weights.get(name)!] as const]);
  assert.throws(() => decodePolicy(config, encodeSafetensors(extra)), /layers.2.* has no place/);
  const wide = { ...config, feedForwardWidth: 13 };
  assert.throws(
    () => decodePolicy(wide, encodeSafetensors(weights)),
    /\[12, 8\], expected a float of \[13, 8\]/,
  );
  disposePolicy(policy);
});

test('a training state survives its bytes and belongs to its architecture', () => {
  const policy = createPolicy(config, 6);
  const arrays = (phase: number): Float32Array[] =>
    policy.parameters.map(({ size }) => Float32Array.from({ length: size }, (_, at) => Math.sin(at + phase)));
  const moments = { step: 41, first: arrays(0), second: arrays(1), entropyCoefficient: null };
  const bytes = encodeTrainingState(config, moments);
  assert.deepEqual(decodeTrainingState(config, bytes), moments);
  const adapted = { ...moments, entropyCoefficient: Math.fround(0.015) };
  assert.deepEqual(decodeTrainingState(config, encodeTrainingState(config, adapted)), adapted);
  assert.ok([...parseSafetensors(bytes).keys()].includes('exp_avg_sq.model.norm.weight'));
  assert.throws(() => decodeTrainingState({ ...config, layers: 3 }, bytes), CheckpointFormatError);
  assert.throws(() => decodeTrainingState(config, encodePolicy(policy)), /has no step/);
  disposePolicy(policy);
});

test('a directory that is no model is refused with the missing file', () =>
  inDirectory(async (directory) => {
    await assert.rejects(loadPolicy(directory), /has no config.json/);
    await writeFile(join(directory, 'config.json'), '{"model_type": "llama"}');
    await assert.rejects(loadPolicy(directory), /has no model.safetensors.index.json/);
  }));
