import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { clonePolicy, disposePolicy, readParameters, writeParameters } from '../model/network/policy.ts';
import { addColumns, type ShapedBatch } from '../rollouts/rollout-batch.ts';
import { createMoments } from './optimizer/adamw.ts';
import { NonFiniteLossError } from './non-finite-loss-error.ts';
import { scoreArrays } from '../model/network/score-arrays.ts';
import {
  COMPLETION,
  createBatch,
  createScheme,
  createToyPolicy,
  createTraining,
  update,
  type Updated,
} from './toy-update.fixture.ts';
import { updatePolicy } from './update-policy.ts';

/** AdamW turns a sign of rounding noise into a full step, so nearly all weights are compared, and those closely. */
function assertClose(got: Updated, want: Updated): void {
  assert.ok(Math.abs(got.metrics['loss/policy']! - want.metrics['loss/policy']!) < 1e-5);
  const norms = [got, want].map(({ metrics }) => metrics['gradient/norm']!) as [number, number];
  assert.ok(Math.abs(norms[0] - norms[1]) < 1e-4 * norms[1], `gradient norms ${norms.join(', ')}`);
  const differences = got.weights.flatMap((values, index) =>
    Array.from(values, (value, at) => Math.abs(value - want.weights[index]![at]!)),
  );
  const far = differences.filter((difference) => difference > 1e-4).length;
  assert.ok(far <= differences.length * 0.002, `${far} of ${differences.length} weights differ`);
}

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

test('updates raise the logprobs of credited tokens and leak no tensors', async () => {
  const tensors = tf.memory().numTensors;
  const policy = createToyPolicy();
  const batch = createBatch(policy, 4);
  const moments = createMoments(policy);
  const rest = { maxNewTokens: COMPLETION, seed: 1 };
  const losses: number[] = [];
  for (let step = 0; step < 4; step += 1) {
    const call = {
      policy,
      moments,
      batch,
      scheme: createScheme({ objective: ['reinforce'] }),
      ...rest,
      step,
    };
    const { metrics } = await updatePolicy({ ...call, training: createTraining() });
    losses.push(metrics['loss/policy']!);
    assert.equal(metrics['update/skipped'], 0);
    assert.ok(metrics['entropy/mean_nats']! > 0);
  }
  losses.slice(1).forEach((loss, at) => assert.ok(loss < losses[at]!, losses.join()));
  assert.equal(moments.step, 4);
  disposePolicy(policy);
  assert.equal(tf.memory().numTensors, tensors);
});

test('the first update of a batch sees ratios of 1 and clips nothing', async () => {
  const { metrics } = await update({});
  assert.ok(Math.abs(metrics['update/ratio_mean']! - 1) < 1e-5);
  assert.equal(metrics['update/clip_fraction'], 0);
  assert.ok(Math.abs(metrics['update/approx_kl_nats']!) < 1e-6);
  assert.equal(metrics['update/learning_rate'], 1e-2);
  assert.equal(metrics['loss/kl'], undefined);
});

test('the same call gives the same bits', async () => {
  const training = createTraining({ updatesPerBatch: 2, epochs: 2 });
  const [first, second] = [await update({ training }), await update({ training })];
  assert.deepEqual(first, second);
  assert.ok(first.metrics['update/ratio_mean'] !== 1);
  assert.ok(first.metrics['update/approx_kl_nats']! > 1e-6);
});

for (const aggregation of ['grpo', 'dapo', 'dr_grpo', 'sequence-sum'] as const) {
  test(`${aggregation}: the micro-batch size changes rounding only`, async () => {
    const scheme = createScheme({ aggregation });
    const [small, large] = [3, 64].map((microBatch) =>
      update({ scheme, training: createTraining({ microBatch }) }),
    ) as [Promise<Updated>, Promise<Updated>];
    assertClose(await small, await large);
  });

  test(`${aggregation}: leaving out rollouts without credit changes rounding only`, async () => {
    // A bonus too small to matter makes every rollout take part.
    const all = await update({
      scheme: createScheme({ aggregation, objective: ['clipped', { name: 'entropy', weight: 1e-12 }] }),
    });
    const skipped = await update({ scheme: createScheme({ aggregation }) });
    assert.ok(skipped.metrics['update/tokens']! < all.metrics['update/tokens']!);
    assertClose(skipped, all);
  });
}

test('a batch without credit updates nothing and says so', async () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 2);
  const before = readParameters(policy).map((values) => values.slice());
  const moments = createMoments(policy);
  const { metrics } = await updatePolicy({
    policy,
    moments,
    batch: addColumns(batch, { perToken: { credit: new Float32Array(batch.perToken.credit.length) } }),
    scheme: createScheme(),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    seed: 1,
    step: 0,
  });
  assert.equal(metrics['update/skipped'], 1);
  assert.equal(metrics['loss/policy'], undefined);
  assert.equal(moments.step, 0);
  assert.deepEqual(readParameters(policy), before);
  disposePolicy(policy);
});

for (const name of ['kl', 'entropy']) {
  test(`a batch whose tokens are all masked moves nothing under the term ${name}, whatever Adam remembers`, async () => {
    const policy = createToyPolicy();
    const plain = createBatch(policy, 2);
    const batch = addColumns(plain, { perToken: { referenceLogprobs: plain.perToken.logprobs } });
    const moments = createMoments(policy);
    const scheme = createScheme({ objective: ['clipped', { name, weight: 0.5 }] });
    const rest = { policy, moments, scheme, maxNewTokens: COMPLETION, seed: 1 };
    await updatePolicy({ ...rest, batch, training: createTraining(), step: 0 });
    const before = readParameters(policy).map((values) => values.slice());
    const nothing = new Float32Array(batch.perToken.tokenMask.length);
    const masked = addColumns(batch, { perToken: { credit: nothing, tokenMask: nothing } });
    const { metrics } = await updatePolicy({ ...rest, batch: masked, training: createTraining(), step: 1 });
    assert.equal(metrics['update/skipped'], 1);
    assert.equal(metrics['loss/policy'], undefined);
    assert.equal(moments.step, 1);
    assert.deepEqual(readParameters(policy), before);
    disposePolicy(policy);
  });
}

test('a KL penalty pulls toward the reference and is reported before its weight', async () => {
  const referencePolicy = createToyPolicy();
  const scheme = createScheme({ objective: ['clipped', { name: 'kl', weight: 0.5 }] });
  const batch = createBatch(referencePolicy, 4);
  const scored = (): ShapedBatch => {
    const { logprobs: referenceLogprobs } = scoreArrays(referencePolicy, batch, createTraining());
    return addColumns(batch, { perToken: { referenceLogprobs } });
  };
  const near = await update({ scheme, batch: scored() });
  assert.ok(Math.abs(near.metrics['loss/kl']!) < 1e-6);
  const values = readParameters(referencePolicy).map((array) => array.map((value) => value * 1.3));
  writeParameters(referencePolicy, values);
  const far = await update({ scheme, batch: scored() });
  assert.ok(far.metrics['loss/kl']! > 1e-3);
  assert.ok(far.metrics['loss/policy']! > near.metrics['loss/policy']!);
  assert.ok(Math.abs(near.metrics['reference/kl_nats']!) < 1e-6 && far.metrics['reference/kl_nats']! !== 0);
  disposePolicy(referencePolicy);
  await assert.rejects(update({ scheme }), { name: 'MissingColumnError' });
});

test('a loss that is not finite names step, minibatch and rollouts', async () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 2);
  const logprobs = batch.perToken.logprobs.map(() => Number.NEGATIVE_INFINITY);
  const broken = addColumns(batch, { perToken: { logprobs } });
  await assert.rejects(update({ batch: broken, groups: 2, step: 3 }), (error: Error) => {
    assert.ok(error instanceof NonFiniteLossError);
    assert.match(error.message, /step 3, minibatch 0, rollouts \d/);
    return true;
  });
  disposePolicy(policy);
});

test('an id outside the vocabulary is refused by name and place before anything changes', async () => {
  const policy = createToyPolicy();
  const before = readParameters(policy).map((values) => values.slice());
  const batch = createBatch(policy, 2);
  batch.tokens[batch.tokens.length - 1] = 11;
  await assert.rejects(update({ policy, batch }), {
    name: 'UnknownTokenIdError',
    message: /^row 7, column 10 holds token id 11; .* vocabulary of 11\./,
  });
  assert.deepEqual(readParameters(policy), before);
  disposePolicy(policy);
});

test('an abort stops between micro-batches, before the weights change', async () => {
  const policy = createToyPolicy();
  const copy = clonePolicy(policy);
  const controller = new AbortController();
  let yields = 0;
  const onYield = (): void => {
    yields += 1;
    controller.abort();
  };
  const batch = createBatch(policy, 8);
  const call = { policy, batch, onYield, signal: controller.signal };
  await assert.rejects(update(call), { name: 'AbortError' });
  assert.equal(yields, 1);
  assert.deepEqual(readParameters(policy), readParameters(copy));
  disposePolicy(policy);
  disposePolicy(copy);
});
