import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { disposePolicy, readParameters } from '../model/network/policy.ts';
import { decodeTrainingState, encodeTrainingState } from '../model/checkpoints/training-state.ts';
import { addColumns, type ShapedBatch } from '../rollouts/rollout-batch.ts';
import type { SchemeInput } from '../config/scheme.ts';
import { createMoments } from './optimizer/adamw.ts';
import {
  COMPLETION,
  createBatch,
  createScheme,
  createToyPolicy,
  createTraining,
  update,
} from './toy-update.fixture.ts';
import { updatePolicy } from './update-policy.ts';

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

test('the clip fraction is split by the bound that acted', async () => {
  const training = createTraining({ epochs: 3 });
  const fractions = async (objective: SchemeInput['objective']): Promise<number[]> => {
    const { metrics } = await update({ training, scheme: createScheme({ objective }) });
    return ['', '_high', '_low'].map((part) => metrics[`update/clip_fraction${part}`]!);
  };
  const [both, high, low] = await fractions([
    { name: 'clipped', options: { epsilonLow: 0.01, epsilonHigh: 0.01 } },
  ]);
  assert.ok(high! > 0 && low! > 0 && Math.abs(both! - high! - low!) < 1e-12);
  assert.equal((await fractions([{ name: 'clipped', options: { epsilonLow: 1, epsilonHigh: 0.01 } }]))[2], 0);
  assert.equal(
    (await fractions([{ name: 'clipped', options: { epsilonLow: 0.01, epsilonHigh: 1e6 } }]))[1],
    0,
  );
  assert.deepEqual(await fractions(['unclipped']), [0, 0, 0]);
});

test('clip-higher frees the tokens between the bounds, and none with equal bounds or without a clip', async () => {
  const training = createTraining({ epochs: 3 });
  const measure = async (objective: SchemeInput['objective']): Promise<number[]> => {
    const { metrics } = await update({ training, scheme: createScheme({ objective }) });
    return ['clip_freed', 'clip_fraction_high'].map((name) => metrics[`update/${name}`]!);
  };
  const clip = (epsilonHigh: number) =>
    measure([{ name: 'clipped', options: { epsilonLow: 0.01, epsilonHigh } }]);
  const equal = await clip(0.01);
  assert.ok(equal[0] === 0 && equal[1]! > 0);
  const wide = await clip(1e6);
  assert.ok(wide[0]! > 0 && wide[1] === 0);
  assert.deepEqual(await measure(['unclipped']), [0, 0]);
});

test('an entropy bonus alone raises the entropy of rollouts without any credit', async () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 4);
  const entropyOf = (scored: ShapedBatch): number => scored.perToken.entropies.reduce((a, b) => a + b, 0);
  const credit = new Float32Array(batch.perToken.credit.length);
  const silent = addColumns(batch, { perToken: { credit } });
  const { metrics } = await updatePolicy({
    policy,
    moments: createMoments(policy),
    batch: silent,
    scheme: createScheme({ objective: ['clipped', { name: 'entropy', weight: 0.001 }] }),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    seed: 1,
    step: 0,
  });
  assert.equal(metrics['update/skipped'], 0);
  assert.equal(metrics['entropy/coefficient'], 0.001);
  assert.equal(metrics['entropy/acted'], 1);
  assert.equal(metrics['update/covariance_mean'], 0);
  assert.equal(
    metrics['update/tokens'],
    batch.perToken.tokenMask.reduce((a, b) => a + b, 0),
  );
  assert.ok(entropyOf(createBatch(policy, 4)) > entropyOf(batch));
  disposePolicy(policy);
});

test('an adaptive bonus of weight 0 leaves a batch without credit alone and remembers its next weight', async () => {
  const policy = createToyPolicy();
  const moments = createMoments(policy);
  const batch = createBatch(policy, 2);
  const call = {
    policy,
    moments,
    batch: addColumns(batch, { perToken: { credit: new Float32Array(batch.perToken.credit.length) } }),
    scheme: createScheme({ objective: ['clipped', { name: 'entropy', weight: 0, options: { target: 10 } }] }),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    seed: 1,
  };
  const { metrics: first } = await updatePolicy({ ...call, step: 0 });
  assert.deepEqual([first['update/skipped'], first['entropy/coefficient']], [1, 0]);
  assert.equal(moments.entropyCoefficient, Math.fround(0.005));
  const { metrics: second } = await updatePolicy({ ...call, step: 1 });
  assert.deepEqual([second['update/skipped'], second['entropy/coefficient']], [0, Math.fround(0.005)]);
  assert.equal(moments.entropyCoefficient, Math.fround(Math.fround(0.005) + 0.005));
  disposePolicy(policy);
});

test('a run that goes on from its stored training state makes the same bits as one that was never cut', async () => {
  const go = async (isCut: boolean): Promise<unknown> => {
    const policy = createToyPolicy();
    const batch = createBatch(policy, 4);
    let moments = createMoments(policy);
    const scheme = createScheme({
      objective: ['clipped', { name: 'entropy', weight: 0.01, options: { target: 1.5 } }],
    });
    const rest = { maxNewTokens: COMPLETION, seed: 1, training: createTraining() };
    const metrics: unknown[] = [];
    for (let step = 0; step < 4; step += 1) {
      metrics.push((await updatePolicy({ policy, moments, batch, scheme, step, ...rest })).metrics);
      if (isCut) {
        moments = decodeTrainingState(policy.config, encodeTrainingState(policy.config, moments));
      }
    }
    const weights = readParameters(policy);
    disposePolicy(policy);
    return { metrics, weights, remembered: moments.entropyCoefficient };
  };
  assert.deepEqual(await go(true), await go(false));
});

test('Clip-Cov and KL-Cov report the share they touched; KL-Cov is inert in the first update of a batch', async () => {
  const unclipped = createScheme({ objective: ['unclipped'] });
  const plain = await update({ scheme: unclipped });
  const klCov = { name: 'kl-cov', options: { share: 0.2 } };
  const scheme = createScheme({ objective: ['unclipped'], credit: ['spread', klCov] });
  const first = await update({ scheme });
  const { 'update/covariance_chosen': chosen, 'update/covariance_acted': acted, ...others } = first.metrics;
  assert.ok(chosen! > 0.1 && chosen! <= 0.2);
  assert.equal(acted, 0);
  assert.deepEqual(others, plain.metrics);
  assert.deepEqual(first.weights, plain.weights);
  const training = createTraining({ epochs: 2 });
  const second = await update({ scheme, training });
  assert.ok(second.metrics['update/covariance_acted']! > 0);
  const unheld = await update({ scheme: unclipped, training });
  assert.notDeepEqual(second.weights, unheld.weights);
  const clip = createScheme({ credit: ['spread', { name: 'clip-cov', options: { share: 0.2, low: 0 } }] });
  const clipped = await update({ scheme: clip });
  assert.ok(clipped.metrics['update/covariance_chosen']! > 0.1);
  assert.notDeepEqual(clipped.weights, (await update({})).weights);
  assert.deepEqual(await update({ scheme: clip }), clipped);
  assert.notDeepEqual((await update({ scheme: clip, seed: 2 })).weights, clipped.weights);
});

test('top-entropy takes the policy gradient from tokens of low entropy', async () => {
  const whole = await update({});
  const topEntropy = { name: 'top-entropy', options: { share: 0.3 } };
  const top = await update({ scheme: createScheme({ credit: ['spread', topEntropy] }) });
  assert.ok(top.metrics['gradient/norm']! > 0);
  assert.notEqual(top.metrics['gradient/norm'], whole.metrics['gradient/norm']);
});

test('without a rule that waits for the optimizer step no token weights come back', async () => {
  assert.equal((await update({})).tokenWeights, null);
});

test('token weights are means over the updates a rollout took part in, and 0 where all of them were skipped', async () => {
  const policy = createToyPolicy();
  const { tokenMask } = createBatch(policy, 4).perToken;
  disposePolicy(policy);
  const credit = ['spread', { name: 'top-entropy', options: { share: 0.3 } }];
  const scheme = createScheme({ credit });
  const once = await update({ scheme });
  const kept = once.tokenWeights!.reduce((sum, weight) => sum + weight, 0);
  const tokens = tokenMask.reduce((sum, counts) => sum + counts, 0);
  // Of 56 tokens 17 are above the 0.7 quantile, and the first tokens of one prompt tie.
  assert.ok(kept >= 0.3 * tokens && kept < 0.3 * tokens + 4, `${kept} of ${tokens}`);
  assert.ok(once.tokenWeights!.every((weight, at) => weight === 0 || (weight === 1 && tokenMask[at] === 1)));

  const twice = await update({ scheme, training: createTraining({ epochs: 2 }) });
  assert.ok(new Set(twice.tokenWeights).size > 2, 'a token that only one of two updates kept has 1/2');
  assert.ok(twice.tokenWeights!.every((weight) => [0, 0.5, 1].includes(weight)));

  // One group per update: the uniform ones, 1 and 3, are skipped.
  const apart = await update({ scheme, training: createTraining({ updatesPerBatch: 4 }) });
  assert.equal(apart.metrics['update/skipped'], 0.5);
  const sumOf = (group: number): number =>
    apart
      .tokenWeights!.subarray(group * 4 * COMPLETION, (group + 1) * 4 * COMPLETION)
      .reduce((sum, weight) => sum + weight, 0);
  assert.deepEqual(
    [0, 1, 2, 3].map((group) => sumOf(group) > 0),
    [true, false, true, false],
  );
});

test('token weights chosen when the step was shaped multiply the policy gradient', async () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 4);
  const halved = batch.perToken.tokenMask.map((counts) => counts / 2);
  const whole = await update({});
  const half = await update({ batch: addColumns(batch, { perToken: { tokenWeights: halved } }) });
  const [got, want] = [half, whole].map(({ metrics }) => metrics['gradient/norm']!);
  assert.ok(Math.abs(got! - want! / 2) < 1e-5 * want!, `${got} for half of ${want}`);
  assert.equal(half.tokenWeights, null);
  disposePolicy(policy);
});
