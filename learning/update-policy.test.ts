import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../model/backend.ts';
import { defaultCacheDirectory } from '../model/cache-directory.ts';
import {
  clonePolicy,
  createPolicy,
  disposePolicy,
  readParameters,
  writeParameters,
  type Policy,
} from '../model/policy.ts';
import { scoreArrays } from '../model/score-arrays.ts';
import { decodeTrainingState, encodeTrainingState } from '../model/training-state.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { defineScheme, type SchemeInput } from '../spec/scheme.ts';
import { trainingSchema, type TrainingPlan } from '../spec/training.ts';
import { createMoments } from './adamw.ts';
import { NonFiniteLossError } from './non-finite-loss-error.ts';
import { updatePolicy, type ShapedBatch, type UpdateCall } from './update-policy.ts';

const PROMPT = 5;
const COMPLETION = 6;
const GROUP = 4;

function createToyPolicy(): Policy {
  const policy = createPolicy(
    {
      vocabularySize: 11,
      width: 16,
      layers: 2,
      heads: 2,
      keyValueHeads: 1,
      headWidth: 8,
      feedForwardWidth: 24,
      maxPositions: 32,
      ropeTheta: 1000,
      normEpsilon: 1e-6,
      tiedEmbeddings: true,
      beginId: null,
      endId: 1,
      padId: 0,
    },
    3,
  );
  // Fresh weights give nearly uniform distributions, in which errors would not show.
  writeParameters(
    policy,
    readParameters(policy).map((values) => values.map((value) => (value === 1 ? 1 : value * 8))),
  );
  return policy;
}

/** Rollouts of uneven prompts and completions; the completion's first token decides the advantage. */
function createBatch(policy: Policy, groups: number): ShapedBatch {
  const generator = createGenerator(deriveStream(5, 'toy'));
  const count = groups * GROUP;
  const width = PROMPT + COMPLETION;
  const tokens = new Int32Array(count * width);
  const promptStarts = new Int32Array(count);
  const completionLengths = new Int32Array(count);
  const tokenMask = new Float32Array(count * COMPLETION);
  const credit = new Float32Array(count * COMPLETION);
  const advantages = new Float32Array(count);
  for (let row = 0; row < count; row += 1) {
    const group = Math.floor(row / GROUP);
    promptStarts[row] = group % 3;
    const length = 1 + generator.integer(COMPLETION);
    completionLengths[row] = length;
    const end = PROMPT + length;
    for (let at = promptStarts[row]!; at < end; at += 1) {
      tokens[row * width + at] = at < PROMPT ? 2 + ((group + at) % 9) : 2 + generator.integer(9);
    }
    // Every second group is uniform and teaches nothing.
    const advantage = group % 2 === 1 ? 0 : tokens[row * width + PROMPT]! > 6 ? 1 : -1;
    advantages[row] = advantage;
    const begin = row * COMPLETION;
    tokenMask.fill(1, begin, begin + length);
    credit.fill(advantage, begin, begin + length);
  }
  const scores = scoreArrays(
    policy,
    {
      count,
      length: width,
      promptLength: PROMPT,
      tokens,
      promptStarts,
      lengths: completionLengths.map((length) => length + PROMPT),
    },
    { from: PROMPT, temperature: 1 },
  );
  const hidePadding = (values: Float32Array): Float32Array =>
    values.map((value, at) => value * tokenMask[at]!);
  return {
    count,
    promptLength: PROMPT,
    completionLength: COMPLETION,
    tokens,
    promptStarts,
    completionLengths,
    finished: new Uint8Array(count).fill(1),
    logprobs: hidePadding(scores.logprobs),
    entropies: hidePadding(scores.entropies),
    advantages,
    credit,
    tokenMask,
  };
}

function createTraining(changes: Partial<TrainingPlan> = {}): TrainingPlan {
  const optimizer = { learningRate: 1e-2 };
  return { ...trainingSchema.parse({ groupSize: GROUP, microBatch: 8, steps: 4, optimizer }), ...changes };
}

function createScheme(loss: NonNullable<SchemeInput['loss']> = {}): UpdateCall['scheme'] {
  return defineScheme({
    name: 'toy',
    title: 'toy',
    source: 'none',
    rewards: [{ component: 'verifier' }],
    loss,
  });
}

interface Change extends Partial<UpdateCall> {
  readonly groups?: number;
}

interface Updated {
  readonly weights: Float32Array[];
  readonly metrics: Record<string, number>;
}

/** Updates a fresh toy policy once. */
async function update(change: Change): Promise<Updated> {
  const policy = createToyPolicy();
  const batch = createBatch(policy, change.groups ?? 4);
  const metrics = await updatePolicy({
    policy,
    moments: createMoments(policy),
    batch,
    scheme: createScheme(),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    referencePolicy: null,
    seed: 1,
    step: 0,
    ...change,
  });
  const weights = readParameters(policy).map((values) => values.slice());
  disposePolicy(policy);
  return { weights, metrics };
}

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
  const rest = { maxNewTokens: COMPLETION, referencePolicy: null, seed: 1 };
  const losses: number[] = [];
  for (let step = 0; step < 4; step += 1) {
    const call = { policy, moments, batch, scheme: createScheme({ objective: 'reinforce' }), ...rest, step };
    const metrics = await updatePolicy({ ...call, training: createTraining() });
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
    const all = await update({ scheme: createScheme({ aggregation, entropyCoefficient: 1e-12 }) });
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
  const metrics = await updatePolicy({
    policy,
    moments,
    batch: { ...batch, credit: new Float32Array(batch.credit.length) },
    scheme: createScheme(),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    referencePolicy: null,
    seed: 1,
    step: 0,
  });
  assert.equal(metrics['update/skipped'], 1);
  assert.equal(metrics['loss/policy'], undefined);
  assert.equal(moments.step, 0);
  assert.deepEqual(readParameters(policy), before);
  disposePolicy(policy);
});

test('a KL penalty pulls toward the reference and is reported before its weight', async () => {
  const referencePolicy = createToyPolicy();
  const scheme = createScheme({ beta: 0.5 });
  const near = await update({ scheme, referencePolicy });
  assert.ok(Math.abs(near.metrics['loss/kl']!) < 1e-6);
  const values = readParameters(referencePolicy).map((array) => array.map((value) => value * 1.3));
  writeParameters(referencePolicy, values);
  const far = await update({ scheme, referencePolicy });
  assert.ok(far.metrics['loss/kl']! > 1e-3);
  assert.ok(far.metrics['loss/policy']! > near.metrics['loss/policy']!);
  disposePolicy(referencePolicy);
  await assert.rejects(update({ scheme }), RangeError);
});

test('an entropy mask takes credit from low-entropy tokens', async () => {
  const whole = await update({});
  const top = await update({ scheme: createScheme({ topEntropyQuantile: 0.3 }) });
  assert.ok(top.metrics['gradient/norm']! > 0);
  assert.notEqual(top.metrics['gradient/norm'], whole.metrics['gradient/norm']);
});

test('an entropy bonus alone raises the entropy of rollouts without any credit', async () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 4);
  const entropyOf = (scored: ShapedBatch): number => scored.entropies.reduce((a, b) => a + b, 0);
  const silent = { ...batch, credit: new Float32Array(batch.credit.length) };
  const metrics = await updatePolicy({
    policy,
    moments: createMoments(policy),
    batch: silent,
    scheme: createScheme({ entropyCoefficient: 0.001 }),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    referencePolicy: null,
    seed: 1,
    step: 0,
  });
  assert.equal(metrics['update/skipped'], 0);
  assert.equal(metrics['entropy/coefficient'], 0.001);
  assert.equal(metrics['update/covariance_mean'], 0);
  assert.equal(
    metrics['update/tokens'],
    batch.tokenMask.reduce((a, b) => a + b, 0),
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
    batch: { ...batch, credit: new Float32Array(batch.credit.length) },
    scheme: createScheme({ entropyTarget: 10 }),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    referencePolicy: null,
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
    const rest = { maxNewTokens: COMPLETION, referencePolicy: null, seed: 1, training: createTraining() };
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

test('a loss that is not finite names step, minibatch and rollouts', async () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 2);
  const logprobs = batch.logprobs.map(() => Number.NEGATIVE_INFINITY);
  await assert.rejects(update({ batch: { ...batch, logprobs }, groups: 2, step: 3 }), (error: Error) => {
    assert.ok(error instanceof NonFiniteLossError);
    assert.match(error.message, /step 3, minibatch 0, rollouts \d/);
    return true;
  });
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
