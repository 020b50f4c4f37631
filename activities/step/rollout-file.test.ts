import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeSafetensors, parseSafetensors } from '../../model/checkpoints/safetensors.ts';
import { createRolloutBatch } from '../../rollouts/rollout-batch.fixture.ts';
import { decodeRollouts, encodeRollouts } from './rollout-file.ts';

const batch = createRolloutBatch({
  count: 2,
  promptLength: 2,
  completionLength: 3,
  tokens: Int32Array.from({ length: 10 }, (_, at) => at),
  completionLengths: Int32Array.of(2, 3),
  finished: Uint8Array.of(1, 0),
  groups: Int32Array.of(7, 3),
  authors: Uint8Array.of(0, 1, 0, 0, 0, 1),
  perToken: {
    logprobs: Float32Array.of(-1, -2, 0, -3, -4, -5),
    entropies: Float32Array.of(1, 2, 0, 3, 4, 5),
    surprise: Float32Array.of(9, 8, 0, 7, 6, 5),
  },
  perRollout: { advantages: Float32Array.of(0.5, -0.5) },
});

test('a file gives back the batch with every column, whatever its name', () => {
  assert.deepEqual(decodeRollouts(encodeRollouts(batch)), batch);
});

test('what rollouts share and their units are kept; a batch that tells neither has no tensor of them', () => {
  const forked = {
    ...batch,
    parents: Int32Array.of(-1, 0),
    forkAt: Int32Array.of(0, 2),
    units: Int16Array.of(0, 1, -1, 0, 0, 7),
  };
  assert.deepEqual(decodeRollouts(encodeRollouts(forked)), forked);
  const added = (each: typeof batch): string[] =>
    [...parseSafetensors(encodeRollouts(each)).keys()].filter((name) => /parents|fork_at|units/.test(name));
  assert.deepEqual(added(forked).sort(), ['fork_at', 'parents', 'units']);
  assert.deepEqual(added(batch), []);
});

test('distributions over the vocabulary are kept, and take no tensor where there are none', () => {
  const teacherDistributions = Float32Array.from({ length: 24 }, (_, at) => -at);
  const taught = { ...batch, perVocabulary: { teacherDistributions } };
  assert.deepEqual(decodeRollouts(encodeRollouts(taught)), taught);
  const tensor = parseSafetensors(encodeRollouts(taught)).get('vocabulary/teacherDistributions');
  assert.deepEqual(tensor?.shape, [2, 3, 4]);
  assert.ok(![...parseSafetensors(encodeRollouts(batch)).keys()].some((name) => /vocabulary/.test(name)));
});

test('the order in which columns were added does not change the bytes', () => {
  const { logprobs, entropies, surprise } = batch.perToken;
  const turned = { ...batch, perToken: { surprise, entropies, logprobs } };
  assert.deepEqual(encodeRollouts(turned), encodeRollouts(batch));
});

test('a file without a tensor, with one of another shape, or without a sampled column is refused by its name', () => {
  const tensors = parseSafetensors(encodeRollouts(batch));
  const without = (name: string): Uint8Array =>
    encodeSafetensors(new Map([...tensors].filter(([each]) => each !== name)));
  assert.throws(() => decodeRollouts(without('groups')), /holds groups as I32 \[2\]; found nothing/);
  assert.throws(() => decodeRollouts(without('token/logprobs')), /hold no logprobs/);
  const narrow = { dtype: 'F32', shape: [2, 2], values: new Float32Array(4) } as const;
  const bent = encodeSafetensors(new Map([...tensors, ['token/surprise', narrow]]));
  assert.throws(() => decodeRollouts(bent), /token\/surprise as F32 \[2, 3\]; found F32 \[2, 2\]/);
});
