import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { scoreCompletions } from '../../model/network/forward.ts';
import {
  createPolicy,
  disposePolicy,
  readParameters,
  writeParameters,
  type Policy,
} from '../../model/network/policy.ts';
import { sampleCompletions } from '../../model/decoding/sampler.ts';
import { deriveStream } from '../../random/streams.ts';
import type { ShapedBatch } from '../../rollouts/rollout-batch.ts';
import { defineScheme } from '../../config/scheme.ts';
import { trainingSchema } from '../../config/training.ts';
import { estimateCredit } from '../../schemes/credit/estimate-credit.ts';
import { openScheme } from '../../schemes/open-scheme.ts';
import { createMoments, measureGradientNorm } from '../optimizer/adamw.ts';
import { updatePolicy } from '../update-policy.ts';

const TEMPERATURE = 0.7;
const MAX_NEW_TOKENS = 7;
const settings = defineScheme({
  name: 'direct',
  title: 'direct',
  source: 'none',
  rewards: ['verifier'],
  comparisons: [{ name: 'group', options: { baseline: 'none', scale: 'none' } }],
  aggregation: 'sequence-sum',
});

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

function createSharpPolicy(): Policy {
  const shape = { layers: 2, heads: 2, keyValueHeads: 2, headWidth: 8, width: 16, feedForwardWidth: 24 };
  const ids = { vocabularySize: 13, beginId: null, endId: 1, padId: 0 };
  const rest = { maxPositions: 32, ropeTheta: 1000, normEpsilon: 1e-6, tiedEmbeddings: false };
  const policy = createPolicy({ ...shape, ...ids, ...rest }, 9);
  const sharpened = readParameters(policy).map((values) =>
    values.map((value) => (value === 1 ? 1 : value * 8)),
  );
  writeParameters(policy, sharpened);
  return policy;
}

async function sampleShapedBatch(policy: Policy): Promise<ShapedBatch> {
  const prompts = Array.from({ length: 12 }, (_, row) =>
    Int32Array.from({ length: 3 + (Math.floor(row / 4) % 3) }, (_unused, at) => 2 + ((row + at) % 11)),
  );
  const rollouts = await sampleCompletions({
    policy,
    prompts,
    counters: prompts.map((_, row) => ({ problem: Math.floor(row / 4), sample: row % 4 })),
    stream: deriveStream(2, 'sample'),
    step: 0,
    maxNewTokens: MAX_NEW_TOKENS,
    temperature: TEMPERATURE,
    endId: 1,
    padId: 0,
  });
  const rewards = Array.from({ length: rollouts.count }, (_, row) => (row % 3) - 0.75);
  const counts = rewards.map(() => true);
  const { comparisons, credit } = openScheme(settings);
  return estimateCredit(rollouts, { rewards, counts, comparisons, credit });
}

/** The 2-norm of the gradient of −Σ A·logprob / N in one pass over the batch as it was sampled. */
function measureDirectly(policy: Policy, batch: ShapedBatch): number {
  const { count, completionLength } = batch;
  return tf.tidy(() => {
    const credit = tf.tensor2d(batch.perToken.credit, [count, completionLength]);
    const { grads } = tf.variableGrads(() => {
      const { logprobs } = scoreCompletions(policy, batch, TEMPERATURE);
      return tf.div(tf.neg(tf.sum(tf.mul(logprobs, credit))), count) as tf.Scalar;
    }, [...policy.parameters]);
    return measureGradientNorm(policy.parameters.map(({ name }) => grads[name]!.dataSync() as Float32Array));
  });
}

test('sampled at a temperature, an update sees ratios of 1 and the gradient of the whole batch in one pass', async () => {
  const tensors = tf.memory().numTensors;
  const policy = createSharpPolicy();
  const batch = await sampleShapedBatch(policy);
  assert.ok(new Set(batch.completionLengths).size > 1, 'lengths differ');
  const want = measureDirectly(policy, batch);
  const { metrics } = await updatePolicy({
    policy,
    moments: createMoments(policy),
    batch,
    scheme: openScheme(settings),
    training: trainingSchema.parse({ groupSize: 4, microBatch: 5, temperature: TEMPERATURE }),
    maxNewTokens: MAX_NEW_TOKENS,
    seed: 1,
    step: 0,
  });
  assert.ok(Math.abs(metrics['update/ratio_mean']! - 1) < 1e-5, `ratio ${metrics['update/ratio_mean']}`);
  assert.equal(metrics['update/clip_fraction'], 0);
  assert.ok(
    Math.abs(metrics['gradient/norm']! - want) < 1e-4 * want,
    `${metrics['gradient/norm']} for ${want}`,
  );
  disposePolicy(policy);
  assert.equal(tf.memory().numTensors, tensors);
});
