import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { createMoments } from '../../learning/optimizer/adamw.ts';
import { createToyPolicy, createTraining } from '../../learning/toy-update.fixture.ts';
import { updatePolicy } from '../../learning/update-policy.ts';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { sampleCompletions } from '../../model/decoding/sampler.ts';
import { disposePolicy, type Policy } from '../../model/network/policy.ts';
import { deriveStream } from '../../random/streams.ts';
import { countSampled } from '../../rollouts/count-pass.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { shapes } from '../../rollouts/shapes/index.ts';
import { estimateCredit } from '../../schemes/credit/estimate-credit.ts';
import { findScheme } from '../../schemes/named/index.ts';
import { openScheme } from '../../schemes/open-scheme.ts';
import { sampleShape, type ShapeCall } from './sample-shape.ts';

let policy: Policy;

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
  policy = createToyPolicy();
});

after(() => disposePolicy(policy));

const PROMPTS = new Map([
  [4, Int32Array.of(2, 3)],
  [5, Int32Array.of(7)],
  [6, Int32Array.of(2, 3)],
]);
const GROUP = 8;

function sample(
  shape: ShapeCall['shape'],
  changes: Partial<ShapeCall['sampling']> = {},
  prompts: ShapeCall['prompts'] = PROMPTS,
): Promise<RolloutBatch> {
  const sampling = {
    ...{ policy, stream: deriveStream(7, 'sample'), step: 2, maxNewTokens: 6, temperature: 1 },
    ...{ endId: 1, padId: 0, recordsDisparities: true },
  };
  return sampleShape({
    ...{ shape, prompts, groupSize: GROUP, seed: 7 },
    sampling: { ...sampling, ...changes },
  });
}

function completionOf(batch: RolloutBatch, row: number): Int32Array {
  const begin = row * (batch.promptLength + batch.completionLength) + batch.promptLength;
  return batch.tokens.slice(begin, begin + batch.completionLengths[row]!);
}

test('independent rollouts are those of one call of the sampler, to the bit', async () => {
  const rows = [...PROMPTS].flatMap(([problem, prompt]) =>
    Array.from({ length: GROUP }, (_, each) => ({ prompt, counters: { problem, sample: each } })),
  );
  const plain = await sampleCompletions({
    ...{ policy, stream: deriveStream(7, 'sample'), step: 2, maxNewTokens: 6, temperature: 1 },
    ...{ endId: 1, padId: 0, recordsDisparities: true },
    prompts: rows.map(({ prompt }) => prompt),
    counters: rows.map(({ counters }) => counters),
  });
  assert.deepEqual(await sample(shapes.open('independent')), plain);
});

test('a tree keeps the first rollouts, repeats itself, and leaves no tensor behind', async () => {
  const shape = shapes.open('tree', { trees: 2, forks: 1, rounds: 3 });
  const tensors = tf.memory().numTensors;
  const batch = await sample(shape);
  assert.equal(tf.memory().numTensors, tensors);
  assert.deepEqual(await sample(shape), batch);
  const plain = await sample(shapes.open('independent'));
  for (const row of [0, 1]) assert.deepEqual(completionOf(batch, row), completionOf(plain, row));
  const all = batch.completionLengths.reduce((sum, length) => sum + length, 0);
  assert.equal(
    countSampled(batch),
    batch.forkAt.reduce((sum, shared) => sum - shared, all),
  );
  assert.ok(countSampled(batch) < all);
});

test('leaves of one fork differ behind it: each draws by a sample index of its own', async () => {
  const batch = await sample(shapes.open('tree', { trees: 1, forks: 7 }), { endId: null });
  const first = new Set([...batch.parents.keys()].map((row) => completionOf(batch, row).join()));
  assert.ok(first.size > PROMPTS.size * 5, `${first.size} different completions`);
});

test('a policy learns from trees: what is rewarded becomes more frequent', async () => {
  const learner = createToyPolicy();
  const scheme = openScheme(findScheme('tree-grpo'));
  const { rollouts: shape, comparisons, credit } = scheme;
  const moments = createMoments(learner);
  const prompts = new Map(Array.from({ length: 8 }, (_, problem) => [problem, Int32Array.of(2 + problem)]));
  const shares: number[] = [];
  for (let step = 0; step < 12; step += 1) {
    const batch = await sample(shape, { policy: learner, step, endId: null }, prompts);
    const width = batch.completionLength;
    // Rewarded: the last token is one of the upper half.
    const rewards = Array.from({ length: batch.count }, (_, row) =>
      Number(batch.tokens[(row + 1) * (batch.promptLength + width) - 1]! > 5),
    );
    shares.push(rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length);
    const counts = rewards.map(() => true);
    const shaped = estimateCredit(batch, { rewards, counts, comparisons, credit });
    assert.ok(shaped.perToken.tokenMask.every((mask) => mask === 1));
    await updatePolicy({
      ...{ policy: learner, moments, scheme, training: createTraining({ groupSize: GROUP, steps: 12 }) },
      ...{ maxNewTokens: width, seed: 1, step },
      batch: shaped,
    });
  }
  disposePolicy(learner);
  const mean = (some: readonly number[]): number => some.reduce((sum, share) => sum + share, 0) / some.length;
  const [before, after] = [mean(shares.slice(0, 3)), mean(shares.slice(-3))];
  assert.ok(after > before + 0.15, `${before} of the first steps' rollouts, ${after} of the last`);
});
