import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../backends/backend.ts';
import { defaultCacheDirectory } from '../backends/cache-directory.ts';
import type { PolicyConfig } from './config.ts';
import { createCritic } from './critic.ts';
import { encodeHidden } from './forward.ts';
import { createPolicy, disposePolicy, exportWeights, readParameters, writeParameters } from './policy.ts';
import { scoreValues } from './score-values.ts';
import { createInputs, type TokenBatch } from './token-batch.ts';
import { decodeCritic, decodeTrainingState, encodeTrainingState } from '../checkpoints/training-state.ts';

const config: PolicyConfig = {
  vocabularySize: 7,
  width: 8,
  layers: 2,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 4,
  feedForwardWidth: 12,
  maxPositions: 32,
  ropeTheta: 1000,
  normEpsilon: 1e-6,
  tiedEmbeddings: true,
  beginId: null,
  endId: 1,
  padId: 0,
};

const batch: TokenBatch = {
  count: 3,
  promptLength: 3,
  completionLength: 3,
  tokens: Int32Array.from({ length: 18 }, (_, at) => 1 + (at % 6)),
  promptStarts: Int32Array.of(0, 1, 0),
  completionLengths: Int32Array.of(3, 2, 1),
};

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

for (const tiedEmbeddings of [true, false]) {
  test(`a new critic (tied: ${tiedEmbeddings}) has the policy's trunk and values every state 0`, () => {
    const tensors = tf.memory().numTensors;
    const policy = createPolicy({ ...config, tiedEmbeddings }, 1);
    const critic = createCritic(policy);
    const trunk = new Map(exportWeights(policy));
    trunk.delete('lm_head.weight');
    const weights = exportWeights(critic);
    assert.deepEqual([...weights.keys()], [...trunk.keys(), 'score.weight']);
    for (const [name, tensor] of trunk) assert.deepEqual(weights.get(name), tensor);
    assert.deepEqual([...scoreValues(critic, batch, {})], new Array(9).fill(0));
    for (const each of [policy, critic]) disposePolicy(each);
    assert.equal(tf.memory().numTensors, tensors);
  });
}

test('a value is the score of the state before its token, whatever the micro-batch', () => {
  const policy = createPolicy(config, 1);
  const critic = createCritic(policy);
  const weights = readParameters(critic).map((values) => values.slice());
  weights.at(-1)!.forEach((_, at, head) => (head[at] = Math.sin(at + 1)));
  writeParameters(critic, weights);
  const hidden = tf.tidy(() => {
    const inputs = createInputs(critic.config, batch, 6);
    return encodeHidden(critic.weights, inputs, 0).dataSync() as Float32Array;
  });
  const want = Array.from({ length: 9 }, (_, at) => {
    const column = Math.floor(at / 3) * 6 + 2 + (at % 3);
    return hidden
      .subarray(column * config.width, (column + 1) * config.width)
      .reduce((sum, value, i) => sum + value * Math.sin(i + 1), 0);
  });
  for (const microBatch of [2, 8]) {
    const values = scoreValues(critic, batch, { microBatch });
    values.forEach((value, at) => assert.ok(Math.abs(value - want[at]!) < 1e-5, `${value} for ${want[at]}`));
  }
  for (const each of [policy, critic]) disposePolicy(each);
});

test('a training state carries a critic and its moments bit for bit, and none where none was stored', () => {
  const tensors = tf.memory().numTensors;
  const policy = createPolicy(config, 1);
  const critic = createCritic(policy);
  const momentsOf = (parameters: readonly tf.Variable[], phase: number) => {
    const arrays = parameters.map(({ size }) =>
      Float32Array.from({ length: size }, (_, at) => Math.sin(at + phase)),
    );
    return { step: 3 + phase, first: arrays, second: arrays, entropyCoefficient: null };
  };
  const own = momentsOf(policy.parameters, 1);
  const criticMoments = momentsOf(critic.parameters, 2);
  const bytes = encodeTrainingState(config, own, { policy: critic, moments: criticMoments });
  assert.deepEqual(decodeTrainingState(config, bytes), own);
  const decoded = decodeCritic(config, bytes)!;
  assert.deepEqual(decoded.moments, criticMoments);
  assert.deepEqual(readParameters(decoded.policy), readParameters(critic));
  assert.deepEqual(
    encodeTrainingState(config, own, decoded),
    encodeTrainingState(config, own, { policy: critic, moments: criticMoments }),
  );
  assert.equal(decodeCritic(config, encodeTrainingState(config, own)), null);
  for (const each of [policy, critic, decoded.policy]) disposePolicy(each);
  assert.equal(tf.memory().numTensors, tensors);
});
