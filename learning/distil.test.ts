import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { disposePolicy, readParameters, writeParameters, type Policy } from '../model/network/policy.ts';
import { scoreArrays } from '../model/network/score-arrays.ts';
import { scoreDistributions } from '../model/network/score-distributions.ts';
import { addColumns, vocabularyOf, type ShapedBatch } from '../rollouts/rollout-batch.ts';
import { createMoments } from './optimizer/adamw.ts';
import {
  COMPLETION,
  createBatch,
  createScheme,
  createToyPolicy,
  createTraining,
} from './toy-update.fixture.ts';
import { updatePolicy } from './update-policy.ts';

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

/** Another policy of the same vocabulary. */
function createTeacher(): Policy {
  const teacher = createToyPolicy();
  const turned = readParameters(teacher).map((values) => values.slice().reverse());
  writeParameters(teacher, turned);
  return teacher;
}

function addTeacher(batch: ShapedBatch, teacher: Policy): ShapedBatch {
  const teacherDistributions = scoreDistributions(teacher, batch, { temperature: 1, microBatch: 3 });
  return addColumns(batch, { perVocabulary: { teacherDistributions } });
}

/** `count` updates towards a teacher, each from the same rollouts. */
async function distil(
  policy: Policy,
  batch: ShapedBatch,
  { count, beta = 0.5 }: { readonly count: number; readonly beta?: number },
): Promise<number[]> {
  const moments = createMoments(policy);
  const scheme = createScheme({
    objective: [{ name: 'divergence', options: { beta } }],
    aggregation: 'dapo',
  });
  const losses: number[] = [];
  for (let step = 0; step < count; step += 1) {
    const { metrics } = await updatePolicy({
      ...{ policy, moments, batch, scheme, maxNewTokens: COMPLETION, seed: 1, step },
      training: createTraining({ steps: count }),
    });
    losses.push(metrics['loss/divergence']!);
  }
  return losses;
}

test('every place has a distribution, in which the token that stands there has its logprob', () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 3);
  const { logprobs } = scoreArrays(policy, batch, { temperature: 0.7 });
  const all = scoreDistributions(policy, batch, { temperature: 0.7, microBatch: 5 });
  const vocabulary = vocabularyOf(batch, all);
  assert.equal(vocabulary, policy.config.vocabularySize);
  const { count, promptLength, completionLength: width, completionLengths, tokens } = batch;
  for (let row = 0; row < count; row += 1) {
    for (let at = 0; at < completionLengths[row]!; at += 1) {
      const place = row * width + at;
      const distribution = all.subarray(place * vocabulary, (place + 1) * vocabulary);
      const total = distribution.reduce((sum, logprob) => sum + Math.exp(logprob), 0);
      assert.ok(Math.abs(total - 1) < 1e-5, `${total}`);
      const token = tokens[row * (promptLength + width) + promptLength + at]!;
      assert.ok(Math.abs(distribution[token]! - logprobs[place]!) < 1e-4);
    }
  }
  disposePolicy(policy);
});

for (const beta of [0, 0.5, 1]) {
  test(`updates bring the policy nearer to its teacher, whatever tokens are credited with, at beta ${beta}`, async () => {
    const [policy, twin, teacher] = [createToyPolicy(), createToyPolicy(), createTeacher()];
    const batch = addTeacher(createBatch(policy, 4), teacher);
    const losses = await distil(policy, batch, { count: 8, beta });
    assert.ok(losses.at(-1)! < 0.8 * losses[0]!, losses.join(', '));
    const { credit } = batch.perToken;
    const uncredited = { ...batch, perToken: { ...batch.perToken, credit: new Float32Array(credit.length) } };
    assert.deepEqual(await distil(twin, uncredited, { count: 8, beta }), losses);
    [policy, twin, teacher].forEach(disposePolicy);
  });
}

test('a teacher that is the policy itself teaches nothing', async () => {
  const policy = createToyPolicy();
  const [loss] = await distil(policy, addTeacher(createBatch(policy, 4), policy), { count: 1 });
  assert.ok(Math.abs(loss!) < 1e-6, `${loss}`);
  disposePolicy(policy);
});

test('rollouts without the distributions of a teacher are refused before anything moves', async () => {
  const policy = createToyPolicy();
  const before = readParameters(policy).map((values) => values.slice());
  await assert.rejects(distil(policy, createBatch(policy, 4), { count: 1 }), {
    name: 'MissingColumnError',
    message: /teacherDistributions .* which objective term divergence needs/,
  });
  assert.deepEqual(readParameters(policy), before);
  disposePolicy(policy);
});
