import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { createMoments } from '../learning/optimizer/adamw.ts';
import { pretrainStep } from '../learning/pretrain-step.ts';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { createPolicy, disposePolicy, type Policy } from '../model/network/policy.ts';
import { optimizerSchema } from '../config/training.ts';
import { openTask } from '../tasks/index.ts';
import { openProbe, probeNames } from './index.ts';
import { UnknownPartError } from '../config/part-index.ts';
import { ProbeMismatchError } from './probe-subject.ts';
import type { ProbeScore } from './probe.ts';
import { createTinySubject, tinyConfig, tinyDocuments, tinyPadId } from './tiny-subject.fixture.ts';

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
  assert.throws(() => openProbe('astrology'), UnknownPartError);
  assert.throws(() => openProbe('partial-prompt', { keptPercent: [60] }));
});

test('a split that the run did not evaluate is refused with what to do', async () => {
  const call = run('partial-prompt', { splits: ['harder'] });
  await assert.rejects(call, ProbeMismatchError);
  await assert.rejects(call, /evaluation.splits has clean, contaminated, dev, knowledge; add it there/);
});

test('partial-prompt completes leaked problems and not clean ones', async () => {
  const scores = await run('partial-prompt', { keptPercents: [60] });
  assert.equal(mean(scores, 'exact_match_60', 'contaminated'), 1);
  assert.equal(mean(scores, 'rouge_l_60', 'contaminated'), 1);
  assert.equal(mean(scores, 'answer_accuracy_60', 'contaminated'), 1);
  assert.ok(mean(scores, 'exact_match_60', 'clean') < 0.5);
  assert.ok(mean(scores, 'rouge_l_60', 'clean') < 1);
});

test('base-perplexity tells learned answers from what the base would have said', async () => {
  const scores = await run('base-perplexity', { splits: ['contaminated'], samplesPerProblem: 4 });
  const [base, policy, own] = ['base', 'policy', 'base_own'].map((name) =>
    mean(scores, `log_perplexity_${name}_nats`, 'contaminated'),
  ) as [number, number, number];
  assert.ok(policy < 0.5, `learned by heart: ${policy}`);
  assert.ok(base > policy + 1, `${base} against ${policy}`);
  assert.ok(own > policy);
});

test('base-perplexity of an untrained policy is that of the base', async () => {
  const same = { policy: policies.base, base: policies.base };
  const options = { splits: ['clean'], samplesPerProblem: 2 };
  const scores = await openProbe('base-perplexity', options).run(createTinySubject('base-perplexity', same));
  const [base, policy, own] = ['base', 'policy', 'base_own'].map((name) =>
    scores.filter(({ metric }) => metric === `log_perplexity_${name}_nats`).map(({ value }) => value),
  );
  assert.equal(base!.length, 4);
  assert.deepEqual(policy, base);
  assert.deepEqual(own, base);
});

test('fast-slow forces either format on problems and on facts', async () => {
  const scores = await run('fast-slow', { splits: ['contaminated', 'knowledge'] });
  // Both formats of the leaked problems were learned, and facts only in the fast one.
  assert.equal(mean(scores, 'fast', 'contaminated'), 1);
  assert.equal(mean(scores, 'slow', 'contaminated'), 1);
  assert.equal(mean(scores, 'overthinking_rate', 'contaminated'), 0);
  assert.ok(!scores.some(({ metric, split }) => metric === 'correction_rate' && split === 'contaminated'));
  assert.equal(mean(scores, 'fast', 'knowledge'), 1);
  assert.ok(mean(scores, 'overthinking_rate', 'knowledge') > 0.5);
});

test('given-format finds the accuracy in each format, counted by the format that was written', async () => {
  const scores = await run('given-format', { splits: ['contaminated', 'knowledge'], samplesPerProblem: 4 });
  // Both formats of the leaked problems were learned by heart; facts have the one format alone.
  for (const format of ['direct', 'scratchpad']) {
    assert.ok(mean(scores, `given_${format}`, 'contaminated') > 0.8, format);
    assert.ok(mean(scores, `given_${format}_samples`, 'contaminated') > 3, format);
  }
  assert.ok(mean(scores, 'given_direct', 'knowledge') > 0.8);
  assert.ok(
    !scores.some(({ metric, split }) => split === 'knowledge' && metric.startsWith('given_scratchpad')),
  );
  const greedy = { ...createTinySubject('given-format', policies), temperature: 0 };
  const once = await openProbe('given-format', { splits: ['contaminated'] }).run(greedy);
  assert.equal(mean(once, 'given_scratchpad_samples', 'contaminated'), 1);
});

test('given-format needs two beginnings to force', () => {
  const setting = { task: openTask('arithmetic', { formats: ['direct', 'direct-confidence'] }), layers: 2 };
  assert.match(openProbe('given-format').findFault(setting)!, /1 beginnings to force/);
});

test('layer-change finds every part changed, and nothing in the base itself', async () => {
  const scores = await run('layer-change');
  assert.deepEqual(
    scores.map(({ metric }) => metric),
    ['change_layer_0', 'change_layer_1', 'change_embedding', 'change_norm', 'upper_half_share'],
  );
  assert.ok(scores.every(({ value, split }) => value > 0 && split === ''));
  const same = { policy: policies.base, base: policies.base };
  const still = await openProbe('layer-change').run(createTinySubject('layer-change', same));
  assert.deepEqual(new Set(still.map(({ value }) => value)), new Set([0]));
});

test('layer-restore takes away what the restored layers had learned and leaves the policy as it was', async () => {
  const options = { splits: ['knowledge'], restores: ['lower', 'upper', 'each'], samplesPerProblem: 4 };
  const scores = await run('layer-restore', options);
  const whole = mean(scores, 'accuracy', 'knowledge');
  assert.ok(whole > 0.9);
  for (const half of ['lower', 'upper']) {
    const restored = mean(scores, `accuracy_restored_${half}`, 'knowledge');
    assert.ok(restored < 0.5, `${half}: ${restored}`);
    assert.ok(Math.abs(mean(scores, `drop_restored_${half}`, 'knowledge') - (whole - restored)) < 1e-12);
  }
  // Of two layers, each half is one layer.
  const single = scores.filter(({ metric }) => metric === 'accuracy_restored_layer_1');
  const upper = scores.filter(({ metric }) => metric === 'accuracy_restored_upper');
  assert.deepEqual(
    single.map(({ value }) => value),
    upper.map(({ value }) => value),
  );
});

test('knowledge-recall finds facts learned by heart, and none in the base', async () => {
  const scores = await run('knowledge-recall', { samplesPerProblem: 4 });
  assert.equal(mean(scores, 'greedy_accuracy', 'knowledge'), 1);
  assert.ok(mean(scores, 'sampled_accuracy', 'knowledge') > 0.9);
  const same = { policy: policies.base, base: policies.base };
  const base = await openProbe('knowledge-recall').run(createTinySubject('knowledge-recall', same));
  assert.ok(mean(base, 'sampled_accuracy', 'knowledge') < 0.2);
  // Four tokens (sign, two digits, end) of a vocabulary of 47.
  assert.ok(mean(base, 'surprisal_nats', 'knowledge') > 4 * Math.log(5));
  assert.ok(mean(scores, 'surprisal_nats', 'knowledge') < 1);
});

test('answer-confidence is high where the answers were learned, and calibrated there', async () => {
  const scores = await run('answer-confidence', { splits: ['contaminated', 'clean'] });
  assert.equal(mean(scores, 'accuracy', 'contaminated'), 1);
  assert.ok(mean(scores, 'confidence', 'contaminated') > 0.9);
  assert.ok(mean(scores, 'brier', 'contaminated') < 0.05);
  assert.ok(mean(scores, 'ece', 'contaminated') < 0.2);
  assert.ok(mean(scores, 'accuracy', 'clean') < 1);
});
