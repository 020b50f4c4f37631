import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { loadPolicy } from '../../model/checkpoints/checkpoint.ts';
import { scoreSequences } from '../../model/network/forward.ts';
import { disposePolicy, exportWeights, toStoredTensors, type Policy } from '../../model/network/policy.ts';
import type { TokenBatch } from '../../model/network/token-batch.ts';
import { decodeTrainingState, encodeTrainingState } from '../../model/checkpoints/training-state.ts';
import { applyAdamw, createMoments, NonFiniteGradientError, type AdamwOptions } from './adamw.ts';

interface Summary {
  l2_norm: number;
  first: number[];
  sum?: number;
}

interface Expected {
  sequences: { input_ids: number[]; greedy_continuation_ids: number[] }[];
  training: {
    hyperparameters: {
      lr: number;
      betas: [number, number];
      eps: number;
      weight_decay: number;
      max_grad_norm: number;
    };
    targets: number;
    losses: number[];
    gradient_norms_before_clipping: number[];
    first_step_gradients: Record<string, Summary>;
    parameters_after: Record<string, Summary>;
  };
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../tests/fixtures/language-models/${name}`, import.meta.url));
}

function padLeft(rows: readonly number[][]): TokenBatch {
  const length = Math.max(...rows.map((row) => row.length));
  const tokens = new Int32Array(rows.length * length);
  rows.forEach((row, index) => tokens.set(row, (index + 1) * length - row.length));
  return {
    count: rows.length,
    promptLength: 1,
    completionLength: length - 1,
    tokens,
    promptStarts: Int32Array.from(rows, (row) => length - row.length),
    completionLengths: new Int32Array(rows.length).fill(length - 1),
  };
}

/** Mean negative logprob of all next tokens and its gradients. */
function computeLoss(policy: Policy, batch: TokenBatch): { loss: number; gradients: Float32Array[] } {
  const { value, grads } = tf.variableGrads(() => {
    const { logprobs, tokenMask } = scoreSequences(policy, batch);
    return tf.neg(tf.div(tf.sum(tf.mul(logprobs, tokenMask)), tf.sum(tokenMask))) as tf.Scalar;
  }, [...policy.parameters]);
  const gradients = policy.parameters.map(({ name }) => (grads[name]!.dataSync() as Float32Array).slice());
  const loss = value.dataSync()[0]!;
  tf.dispose([value, grads]);
  return { loss, gradients };
}

function assertNear(got: number, want: number, tolerance: { atol: number; what: string }): void {
  const close = Math.abs(got - want) <= tolerance.atol + 1e-3 * Math.abs(want);
  assert.ok(close, `${tolerance.what}: ${got} for ${want}`);
}

function assertSummary(
  values: ArrayLike<number>,
  want: Summary,
  tolerance: { atol: number; what: string },
): void {
  const list = Array.from(values);
  assertNear(Math.hypot(...list), want.l2_norm, tolerance);
  want.first.forEach((value, at) => assertNear(list[at]!, value, tolerance));
}

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

for (const name of ['llama-gqa', 'llama-tied']) {
  test(`${name}: four clipped AdamW steps equal torch's`, async () => {
    const tensors = tf.memory().numTensors;
    const { sequences, training } = JSON.parse(
      readFileSync(`${fixture(name)}/expected.json`, 'utf8'),
    ) as Expected;
    const policy = await loadPolicy(fixture(name));
    const batch = padLeft(sequences.map((row) => [...row.input_ids, ...row.greedy_continuation_ids]));
    const { hyperparameters: rates } = training;
    const options: AdamwOptions = {
      betas: rates.betas,
      epsilon: rates.eps,
      weightDecay: rates.weight_decay,
      maxGradientNorm: rates.max_grad_norm,
    };
    let moments = createMoments(policy);
    training.losses.forEach((wantLoss, step) => {
      const { loss, gradients } = computeLoss(policy, batch);
      assertNear(loss, wantLoss, { atol: 1e-5, what: `loss ${step}` });
      if (step === 0) {
        const named = toStoredTensors(policy.config, gradients);
        for (const [key, want] of Object.entries(training.first_step_gradients)) {
          assertSummary(named.get(key)!.values, want, { atol: 1e-5, what: `gradient of ${key}` });
        }
      }
      const { gradientNorm } = applyAdamw(policy, gradients, { moments, options, learningRate: rates.lr });
      assertNear(gradientNorm, training.gradient_norms_before_clipping[step]!, { atol: 1e-5, what: 'norm' });
      // Going through the stored form must not change what follows.
      moments = decodeTrainingState(policy.config, encodeTrainingState(policy.config, moments));
    });
    assert.equal(moments.step, 4);
    const weights = exportWeights(policy);
    for (const [key, want] of Object.entries(training.parameters_after)) {
      assertSummary(weights.get(key)!.values, want, { atol: 2e-4, what: `${key} after training` });
    }
    disposePolicy(policy);
    assert.equal(tf.memory().numTensors, tensors);
  });
}

test('a gradient that is not finite is refused and changes nothing', async () => {
  const policy = await loadPolicy(fixture('llama-tied'));
  const moments = createMoments(policy);
  const gradients = policy.parameters.map(({ size }) => new Float32Array(size));
  gradients[2]![5] = NaN;
  const options: AdamwOptions = { betas: [0.9, 0.95], epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 1 };
  assert.throws(
    () => applyAdamw(policy, gradients, { moments, options, learningRate: 1e-3 }),
    NonFiniteGradientError,
  );
  assert.equal(moments.step, 0);
  disposePolicy(policy);
});
