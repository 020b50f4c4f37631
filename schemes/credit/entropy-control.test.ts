import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { selectBackend, type BackendChoice } from '../model/backend.ts';
import { defaultCacheDirectory } from '../model/cache-directory.ts';
import { disposePolicy, readParameters } from '../model/policy.ts';
import { decodeTrainingState, encodeTrainingState } from '../model/training-state.ts';
import { addColumns, type ShapedBatch } from '../rollouts/rollout-batch.ts';
import type { SchemeInput } from '../spec/scheme.ts';
import { createMoments } from './adamw.ts';
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
  const fractions = async (loss: SchemeInput['loss']): Promise<number[]> => {
    const { metrics } = await update({ training, scheme: createScheme(loss) });
    return ['', '_high', '_low'].map((part) => metrics[`update/clip_fraction${part}`]!);
  };
  const [both, high, low] = await fractions({ epsilonLow: 0.01, epsilonHigh: 0.01 });
  assert.ok(high! > 0 && low! > 0 && Math.abs(both! - high! - low!) < 1e-12);
  assert.equal((await fractions({ epsilonLow: 1, epsilonHigh: 0.01 }))[2], 0);
  assert.equal((await fractions({ epsilonLow: 0.01, epsilonHigh: 1e6 }))[1], 0);
  assert.deepEqual(await fractions({ objective: 'unclipped' }), [0, 0, 0]);
});

test('an entropy bonus alone raises the entropy of rollouts without any credit', async () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 4);
  const entropyOf = (scored: ShapedBatch): number => scored.perToken.entropies.reduce((a, b) => a + b, 0);
  const credit = new Float32Array(batch.perToken.credit.length);
  const silent = addColumns(batch, { perToken: { credit } });
  const metrics = await updatePolicy({
    policy,
    moments: createMoments(policy),
    batch: silent,
    scheme: createScheme({ entropyCoefficient: 0.001 }),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    seed: 1,
    step: 0,
  });
  assert.equal(metrics['update/skipped'], 0);
  assert.equal(metrics['entropy/coefficient'], 0.001);
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
    scheme: createScheme({ entropyTarget: 10 }),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    seed: 1,
  };
  const first = await updatePolicy({ ...call, step: 0 });
  assert.deepEqual([first['update/skipped'], first['entropy/coefficient']], [1, 0]);
  assert.equal(moments.entropyCoefficient, Math.fround(0.005));
  const second = await updatePolicy({ ...call, step: 1 });
  assert.deepEqual([second['update/skipped'], second['entropy/coefficient']], [0, Math.fround(0.005)]);
  assert.equal(moments.entropyCoefficient, Math.fround(Math.fround(0.005) + 0.005));
  disposePolicy(policy);
});

test('a run that goes on from its stored training state makes the same bits as one that was never cut', async () => {
  const go = async (isCut: boolean): Promise<unknown> => {
    const policy = createToyPolicy();
    const batch = createBatch(policy, 4);
    let moments = createMoments(policy);
    const scheme = createScheme({ entropyTarget: 1.5, entropyCoefficient: 0.01 });
    const rest = { maxNewTokens: COMPLETION, seed: 1, training: createTraining() };
    const metrics: unknown[] = [];
    for (let step = 0; step < 4; step += 1) {
      metrics.push(await updatePolicy({ policy, moments, batch, scheme, step, ...rest }));
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
  const plain = await update({ scheme: createScheme({ objective: 'unclipped' }) });
  const scheme = createScheme({ objective: 'unclipped', covarianceControl: 'kl', covarianceShare: 0.2 });
  const first = await update({ scheme });
  const { 'update/covariance_chosen': chosen, ...others } = first.metrics;
  assert.ok(chosen! > 0.1 && chosen! <= 0.2);
  assert.deepEqual(others, plain.metrics);
  assert.deepEqual(first.weights, plain.weights);
  const training = createTraining({ epochs: 2 });
  const second = await update({ scheme, training });
  const unheld = await update({ scheme: createScheme({ objective: 'unclipped' }), training });
  assert.notDeepEqual(second.weights, unheld.weights);
  const clip = createScheme({ covarianceControl: 'clip', covarianceShare: 0.2, covarianceLow: 0 });
  const clipped = await update({ scheme: clip });
  assert.ok(clipped.metrics['update/covariance_chosen']! > 0.1);
  assert.notDeepEqual(clipped.weights, (await update({})).weights);
  assert.deepEqual(await update({ scheme: clip }), clipped);
  assert.notDeepEqual((await update({ scheme: clip, seed: 2 })).weights, clipped.weights);
});
