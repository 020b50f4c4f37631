import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../backends/backend.ts';
import { defaultCacheDirectory } from '../backends/cache-directory.ts';
import type { PolicyConfig } from './config.ts';
import { scoreCompletions, scoreSequences } from './forward.ts';
import { createPolicy, disposePolicy, writeParameters, type Policy } from './policy.ts';
import { scoreArrays } from './score-arrays.ts';
import type { TokenBatch } from './token-batch.ts';
import { UnknownTokenIdError } from './token-ids.ts';

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
    promptLength: 3,
    completionLength: length - 3,
    tokens: Int32Array.from({ length: count * length }, (_, at) => (at * at + 3) % 11),
    promptStarts: Int32Array.from(promptStarts),
    completionLengths: new Int32Array(count).fill(length - 3),
  };
}

/** Coefficients of a linear loss; any fixed numbers do. */
function createCoefficients(size: number, phase: number): Float32Array {
  return Float32Array.from({ length: size }, (_, at) => Math.sin(at * 1.7 + phase));
}

function assertClose(got: ArrayLike<number>, want: ArrayLike<number>, what: string): void {
  assert.equal(got.length, want.length);
  const error = Math.max(...Array.from(got, (value, at) => Math.abs(value - want[at]!)));
  assert.ok(error < 2e-5, `${what} differ by ${error}`);
}

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

for (const [name, starts, length] of [
  ['full rows', [0, 0, 0], 11],
  ['left padding, a last micro-batch that is not full and a length that is rounded up', [0, 2, 1], 9],
] as const) {
  test(`scores as arrays equal the differentiable ones: ${name}`, () => {
    const policy = createPolicy(config, 5);
    const batch = createBatch(starts, length);
    const want = scoreCompletions(policy, batch, 0.8);
    const tensors = tf.memory().numTensors;
    // The second time an already recorded graph is replayed.
    for (const round of ['first', 'second']) {
      const scores = scoreArrays(policy, batch, { temperature: 0.8, microBatch: 2 });
      assertClose(scores.logprobs, want.logprobs.dataSync(), `${round} logprobs`);
      assertClose(scores.entropies, want.entropies.dataSync(), `${round} entropies`);
    }
    assert.equal(tf.memory().numTensors, tensors);
    tf.dispose([want.logprobs, want.entropies]);
    disposePolicy(policy);
  });
}

/** The gradient of Σ a·logprob + b·entropy by each parameter. */
function computeGradients(
  policy: Policy,
  batch: TokenBatch,
  loss: { a: Float32Array; b: Float32Array },
): Float32Array[] {
  const evaluate = (): tf.Scalar => {
    const { logprobs, entropies } = scoreCompletions(policy, batch, 0.8);
    const byLogprob = tf.sum(tf.mul(logprobs, tf.tensor(loss.a, logprobs.shape)));
    return tf.add(byLogprob, tf.sum(tf.mul(entropies, tf.tensor(loss.b, logprobs.shape))));
  };
  const { value, grads } = tf.variableGrads(evaluate, [...policy.parameters]);
  const gradients = policy.parameters.map(({ name }) => (grads[name]!.dataSync() as Float32Array).slice());
  tf.dispose([value, grads]);
  return gradients;
}

test('gradients of logprobs and entropies agree with finite differences along themselves', () => {
  const tensors = tf.memory().numTensors;
  const policy = createPolicy(config, 6);
  // Larger weights than a fresh policy's, so that nothing is nearly linear.
  const values = policy.parameters.map(({ size }, index) => createCoefficients(size, index));
  writeParameters(policy, values);
  const batch = createBatch([0, 1], 8);
  const size = batch.count * batch.completionLength;
  const loss = { a: createCoefficients(size, 2), b: createCoefficients(size, 3) };
  computeGradients(policy, batch, loss).forEach((gradient, index) => {
    const norm = Math.hypot(...gradient);
    const distance = 2e-3 / norm;
    const probe = (sign: number): number => {
      const moved = values[index]!.map((value, at) => value + sign * distance * gradient[at]!);
      writeParameters(policy, values.with(index, moved));
      const { logprobs, entropies } = scoreArrays(policy, batch, { temperature: 0.8 });
      return logprobs.reduce((sum, value, at) => sum + value * loss.a[at]! + entropies[at]! * loss.b[at]!, 0);
    };
    const slope = (probe(1) - probe(-1)) / (2 * distance);
    assert.ok(
      Math.abs(slope - norm * norm) < 0.02 * norm * norm,
      `parameter ${index}: ${slope} for ${norm * norm}`,
    );
  });
  disposePolicy(policy);
  assert.equal(tf.memory().numTensors, tensors);
});

test('an id outside the vocabulary is refused by name and place, also where it is only a target', () => {
  const policy = createPolicy(config, 1);
  for (const id of [11, -1]) {
    const batch = createBatch([0, 0], 9);
    // The last column is a target and never an input.
    batch.tokens[17] = id;
    const scores: readonly (() => unknown)[] = [
      () => scoreArrays(policy, batch, { temperature: 1 }),
      () => scoreCompletions(policy, batch, 1),
      () => scoreSequences(policy, batch),
    ];
    for (const score of scores) {
      assert.throws(score, (error: Error) => {
        assert.ok(error instanceof UnknownTokenIdError);
        assert.match(
          error.message,
          new RegExp(`^row 1, column 8 holds token id ${id}; .* vocabulary of 11\\.`),
        );
        return true;
      });
    }
  }
  disposePolicy(policy);
});
