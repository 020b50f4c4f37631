import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from './backend.ts';
import { defaultCacheDirectory } from './cache-directory.ts';
import type { PolicyConfig } from './config.ts';
import { scoreCompletions } from './forward.ts';
import { createPolicy, disposePolicy, type Policy } from './policy.ts';
import { startScoringPass } from './scoring-pass.ts';
import type { TokenBatch } from './token-batch.ts';

const config: PolicyConfig = {
  vocabularySize: 11,
  width: 8,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 4,
  feedForwardWidth: 12,
  maxPositions: 32,
  ropeTheta: 100,
  normEpsilon: 1e-6,
  tiedEmbeddings: true,
  beginId: null,
  endId: 1,
  padId: 0,
};

function createBatch(promptStarts: readonly number[], length: number): TokenBatch {
  const count = promptStarts.length;
  return {
    count,
    length,
    promptLength: 3,
    tokens: Int32Array.from({ length: count * length }, (_, at) => (at * at + 3) % 11),
    promptStarts: Int32Array.from(promptStarts),
    lengths: new Int32Array(count).fill(length),
  };
}

/** Coefficients of a linear loss; any fixed numbers do. */
function createCoefficients(size: number, phase: number): Float32Array {
  return Float32Array.from({ length: size }, (_, at) => Math.sin(at * 1.7 + phase));
}

function taped(policy: Policy, batch: TokenBatch, call: { a: Float32Array; b: Float32Array }) {
  const loss = (): tf.Scalar => {
    const { logprobs, entropies } = scoreCompletions(policy, batch, 0.8);
    const byLogprob = tf.sum(tf.mul(logprobs, tf.tensor(call.a, logprobs.shape)));
    return tf.add(byLogprob, tf.sum(tf.mul(entropies, tf.tensor(call.b, logprobs.shape))));
  };
  const { value, grads } = tf.variableGrads(loss, [...policy.parameters]);
  const gradients = policy.parameters.map(({ name }) => grads[name]!.dataSync() as Float32Array);
  tf.dispose([value, grads]);
  return gradients;
}

function assertClose(got: Float32Array, want: ArrayLike<number>, what: string): void {
  assert.equal(got.length, want.length);
  const error = got.reduce((most, value, at) => Math.max(most, Math.abs(value - want[at]!)), 0);
  assert.ok(error < 2e-5, `${what} differ by ${error}`);
}

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

for (const [name, starts, length] of [
  ['full rows', [0, 0, 0], 11],
  ['left padding and a length that is rounded up', [0, 2, 1], 9],
] as const) {
  test(`a scoring pass gives the scores and gradients of the differentiable function: ${name}`, () => {
    const policy = createPolicy(config, 5);
    const batch = createBatch(starts, length);
    const size = batch.count * (length - batch.promptLength);
    const [a, b] = [createCoefficients(size, 0), createCoefficients(size, 1)];
    const want = scoreCompletions(policy, batch, 0.8);
    const tensors = tf.memory().numTensors;
    // The second time an already recorded graph is replayed.
    for (const round of ['first', 'second']) {
      const pass = startScoringPass(policy, batch, { from: batch.promptLength, temperature: 0.8 });
      assertClose(pass.logprobs, want.logprobs.dataSync(), `${round} logprobs`);
      assertClose(pass.entropies, want.entropies.dataSync(), `${round} entropies`);
      const gradients = pass.backward(a, b);
      taped(policy, batch, { a, b }).forEach((gradient, index) =>
        assertClose(gradients[index]!, gradient, `${round} gradients of parameter ${index}`),
      );
      pass.dispose();
    }
    assert.equal(tf.memory().numTensors, tensors);
    tf.dispose([want.logprobs, want.entropies]);
    disposePolicy(policy);
  });
}

test('gradients agree with finite differences', () => {
  const policy = createPolicy(config, 6);
  const batch = createBatch([0, 1], 8);
  const size = batch.count * (batch.length - batch.promptLength);
  const [a, b] = [createCoefficients(size, 2), createCoefficients(size, 3)];
  const computeLoss = (): number => {
    const pass = startScoringPass(policy, batch, { from: batch.promptLength, temperature: 1 });
    pass.dispose();
    return pass.logprobs.reduce((sum, value, at) => sum + value * a[at]! + pass.entropies[at]! * b[at]!, 0);
  };
  const pass = startScoringPass(policy, batch, { from: batch.promptLength, temperature: 1 });
  const gradients = pass.backward(a, b);
  pass.dispose();
  policy.parameters.forEach((parameter, index) => {
    const original = (parameter.dataSync() as Float32Array).slice();
    const gradient = gradients[index]!;
    const norm = Math.hypot(...gradient);
    const step = 2e-3 / norm;
    const probe = (sign: number): number => {
      const moved = original.map((value, at) => value + sign * step * gradient[at]!);
      const tensor = tf.tensor(moved, parameter.shape);
      parameter.assign(tensor);
      tensor.dispose();
      return computeLoss();
    };
    const slope = (probe(1) - probe(-1)) / (2 * step);
    assert.ok(
      Math.abs(slope - norm * norm) < 0.03 * norm * norm + 1e-4,
      `${index}: ${slope}, ${norm * norm}`,
    );
    const tensor = tf.tensor(original, parameter.shape);
    parameter.assign(tensor);
    tensor.dispose();
  });
  disposePolicy(policy);
});
