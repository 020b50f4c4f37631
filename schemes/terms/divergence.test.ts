import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { computePolicyLoss, termColumn } from '../../learning/gradients/policy-loss.ts';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { distributeTokens } from '../../model/network/token-scores.ts';
import { terms } from './index.ts';

interface Golden {
  /** [n, T, V] */
  readonly shape: [number, number, number];
  readonly student_logits: number[];
  readonly teacher_logits: number[];
  readonly cases: {
    readonly beta: number;
    readonly temperature: number;
    /** [n, T] */
    readonly loss: number[];
    /** [n, T, V]: of the losses' sum by the student's logits */
    readonly gradient: number[];
  }[];
}

const file = new URL('../../tests/fixtures/divergence.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

function assertClose(got: ArrayLike<number>, want: readonly number[]): void {
  assert.equal(got.length, want.length);
  want.forEach((value, at) => {
    const error = Math.abs(got[at]! - value);
    assert.ok(error <= 2e-6 + 1e-4 * Math.abs(value), `number ${at}: ${got[at]}, want ${value}`);
  });
}

/** Loss per token and the gradient of its sum by the logits, of tokens that all count. */
function weigh({ beta, temperature }: { readonly beta: number; readonly temperature: number }) {
  const [rows, width] = golden.shape;
  const term = { ...terms.open('divergence', { beta }), weight: 1 };
  return tf.tidy(() => {
    const ones = tf.ones<tf.Rank.R2>([rows, width]);
    const teacher = tf.tensor3d(golden.teacher_logits, golden.shape);
    const columns = {
      ...{ logprobs: ones, credit: ones, tokenMask: ones, tokenWeights: ones, [termColumn(0)]: ones },
      teacherDistributions: distributeTokens(teacher, temperature),
    };
    const lossOf = (logits: tf.Tensor): tf.Tensor => {
      const distributions = distributeTokens(logits, temperature) as tf.Tensor3D;
      const scores = { logprobs: ones, entropies: ones, distributions };
      return computePolicyLoss(scores, columns, [term]).terms[0]!;
    };
    const student = tf.tensor3d(golden.student_logits, golden.shape);
    return {
      loss: lossOf(student).dataSync(),
      gradient: tf
        .grad((logits) => tf.sum(lossOf(logits)))(student)
        .dataSync(),
    };
  });
}

for (const { beta, temperature, loss, gradient } of golden.cases) {
  test(`loss and gradient are TRL's at beta ${beta}, temperature ${temperature}`, () => {
    const found = weigh({ beta, temperature });
    assertClose(found.loss, loss);
    assertClose(found.gradient, gradient);
  });
}

test('what lies between forward and reverse KL has log 2 as its bound at beta .5', () => {
  const { loss } = weigh({ beta: 0.5, temperature: 1 });
  assert.ok(loss.every((value) => value >= 0 && value <= Math.LN2 + 1e-6));
  assert.ok(
    loss.some((value) => value > 0.6),
    'some distributions hardly overlap',
  );
});
