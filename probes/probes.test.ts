import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { createMoments } from '../learning/adamw.ts';
import { pretrainStep } from '../learning/pretrain-step.ts';
import { selectBackend, type BackendChoice } from '../model/backend.ts';
import { defaultCacheDirectory } from '../model/cache-directory.ts';
import { createPolicy, disposePolicy, type Policy } from '../model/policy.ts';
import { optimizerSchema } from '../spec/training.ts';
import { openProbe, probeNames, UnknownProbeError } from './index.ts';
import { ProbeMismatchError } from './probe-subject.ts';
import type { ProbeScore } from './probe.ts';
import { createTinySubject, tinyConfig, tinyDocuments, tinyPadId } from './tiny-subject.ts';

/** A policy that knows the leaked problems and the facts by heart, beside the untrained one it came from. */
let policies: { policy: Policy; base: Policy };

function learnByHeart(policy: Policy): void {
  const documents = [...tinyDocuments('direct'), ...tinyDocuments('scratchpad').slice(0, 4)];
  const moments = createMoments(policy);
  const optimizer = optimizerSchema.parse({ learningRate: 1e-2 });
  for (let step = 0; step < 120; step += 1) {
    pretrainStep({ policy, moments, documents, padId: tinyPadId, optimizer, learningRate: 1e-2 });
  }
}

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory(), threads: 1 });
  policies = { policy: createPolicy(tinyConfig, 1, 0.1), base: createPolicy(tinyConfig, 1, 0.1) };
  learnByHeart(policies.policy);
});

after(() => Object.values(policies).forEach(disposePolicy));

function run(name: string, options: object = {}): Promise<ProbeScore[]> {
  return openProbe(name, options).run(createTinySubject(name, policies));
}

/** The mean of a metric over a split's problems. */
function mean(scores: readonly ProbeScore[], metric: string, split: string): number {
  const values = scores.filter((score) => score.metric === metric && score.split === split);
  assert.ok(values.length > 0, `no ${metric} on ${split}`);
  return values.reduce((sum, { value }) => sum + value, 0) / values.length;
}

for (const name of probeNames) {
  test(`${name} records only what it declares, once, repeats itself and leaves no tensor`, async () => {
    await run(name);
    const tensors = tf.memory().numTensors;
    const scores = await run(name);
    assert.deepEqual(await run(name), scores);
    assert.equal(tf.memory().numTensors, tensors);
    const subject = createTinySubject(name, policies);
    const metrics = new Map(
      openProbe(name)
        .metrics(subject)
        .map((metric) => [metric.name, metric]),
    );
    const keys = scores.map(({ metric, split, problemIndex }) => `${metric} ${split} ${problemIndex}`);
    assert.equal(new Set(keys).size, keys.length);
    for (const { metric, split, problemIndex, value } of scores) {
      const declared = metrics.get(metric);
      assert.ok(
        declared !== undefined && declared.splits.includes(split),
        `${metric} on '${split}' is not declared`,
      );
      assert.equal(problemIndex >= 0, declared.isPerProblem, metric);
      assert.ok(Number.isFinite(value), metric);
    }
  });
}

test('a probe without a file is refused by name', () => {
  assert.throws(() => openProbe('astrology'), UnknownProbeError);
  assert.throws(() => openProbe('partial-prompt', { keptPercent: [60] }));
});

test('a split that the run did not evaluate is refused with what to do', async () => {
  const call = run('partial-prompt', { splits: ['harder'] });
  await assert.rejects(call, ProbeMismatchError);
  await assert.rejects(call, /evaluation.splits has clean, contaminated, knowledge; add it there/);
});

test('partial-prompt completes leaked problems and not clean ones', async () => {
  const scores = await run('partial-prompt', { keptPercents: [60] });
  assert.equal(mean(scores, 'exact_match_60', 'contaminated'), 1);
  assert.equal(mean(scores, 'rouge_l_60', 'contaminated'), 1);
  assert.equal(mean(scores, 'answer_accuracy_60', 'contaminated'), 1);
  assert.ok(mean(scores, 'exact_match_60', 'clean') < 0.5);
  assert.ok(mean(scores, 'rouge_l_60', 'clean') < 1);
});
