import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { createCritic } from '../model/network/critic.ts';
import { disposePolicy, readParameters } from '../model/network/policy.ts';
import { decodeCritic, encodeTrainingState, type CriticState } from '../model/checkpoints/training-state.ts';
import { addColumns, type ShapedBatch, type ValuedBatch } from '../rollouts/rollout-batch.ts';
import type { CriticOptions } from '../schemes/credit/credit-rule.ts';
import { createMoments } from './optimizer/adamw.ts';
import { NonFiniteLossError } from './non-finite-loss-error.ts';
import { scoreValues } from '../model/network/score-values.ts';
import { createBatch, createToyPolicy, createTraining } from './toy-update.fixture.ts';
import { updateCritic } from './update-critic.ts';
import { computeValueLoss } from './gradients/value-loss.ts';

const options: CriticOptions = { learningRateFactor: 1, valueClip: 0.5 };

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

function createToyCritic(): CriticState {
  const policy = createToyPolicy();
  const critic = createCritic(policy);
  disposePolicy(policy);
  return { policy: critic, moments: createMoments(critic) };
}

type TaughtBatch = ShapedBatch & ValuedBatch;

/** The toy batch with its advantages as returns of all its tokens, valued by `critic`. */
function createValuedBatch(critic: CriticState): TaughtBatch {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 4);
  disposePolicy(policy);
  const values = scoreValues(critic.policy, batch, createTraining());
  const { credit: returns, tokenMask: valueMask } = batch.perToken;
  return addColumns(batch, { perToken: { values, returns, valueMask } });
}

test('a value loss is the larger of both squares, and a value beyond the clip has no gradient towards its return', () => {
  tf.tidy(() => {
    const row = (...values: number[]): tf.Tensor => tf.tensor2d(values, [1, values.length]);
    const values = row(0.25, 1, 0.75, 5);
    const fixed = { recordedValues: row(0, 0, 1, 0), returns: row(1, 1, 1, 0), weights: row(1, 1, 1, 0) };
    const loss = (moved: tf.Tensor): tf.Scalar => computeValueLoss({ ...fixed, values: moved }, 0.5);
    const { value, grad } = tf.valueAndGrad(loss)(values);
    // (0.75² within the clip, 0.5² at the bound although the value is right, 0.25²) / 2
    assert.ok(Math.abs(value.dataSync()[0]! - (0.5625 + 0.25 + 0.0625) / 2) < 1e-6);
    assert.deepEqual([...grad.dataSync()].slice(0, 1), [-0.75]);
    assert.equal(Math.abs(grad.dataSync()[1]!), 0);
    assert.equal(Math.abs(grad.dataSync()[3]!), 0);
    assert.ok(Math.abs(computeValueLoss({ ...fixed, values }, null).dataSync()[0]! - 0.3125) < 1e-6);
  });
});

test('a critic learns the returns of a batch and leaks no tensors', async () => {
  const tensors = tf.memory().numTensors;
  const critic = createToyCritic();
  const found: Record<string, number>[] = [];
  for (let step = 0; step < 30; step += 1) {
    const batch = createValuedBatch(critic);
    const training = createTraining({ steps: 30 });
    found.push(await updateCritic({ critic, batch, training, options, seed: 1, step }));
  }
  const explained = found.map((metrics) => metrics['critic/explained_variance']!);
  assert.equal(explained[0], 0);
  // The first token decides, and a value speaks of the text before its token: no critic foresees that one.
  assert.ok(explained.at(-1)! > 0.6, explained.join());
  assert.ok(found.at(-1)!['critic/loss']! < 0.5 * found[0]!['critic/loss']!);
  assert.equal(critic.moments.step, 30);
  disposePolicy(critic.policy);
  assert.equal(tf.memory().numTensors, tensors);
});

test('a critic that goes on from its stored state makes the same bits as one that was never cut', async () => {
  const go = async (isCut: boolean): Promise<Uint8Array> => {
    let critic = createToyCritic();
    const policy = createToyPolicy();
    const own = createMoments(policy);
    for (let step = 0; step < 3; step += 1) {
      const training = createTraining({ updatesPerBatch: 2, epochs: 2 });
      await updateCritic({ critic, batch: createValuedBatch(critic), training, options, seed: 1, step });
      if (!isCut) continue;
      const bytes = encodeTrainingState(policy.config, own, critic);
      disposePolicy(critic.policy);
      critic = decodeCritic(policy.config, bytes)!;
    }
    const bytes = encodeTrainingState(policy.config, own, critic);
    for (const each of [policy, critic.policy]) disposePolicy(each);
    return bytes;
  };
  assert.deepEqual(await go(true), await go(false));
});

test('tokens that do not count change nothing; a batch where none counts leaves the critic alone', async () => {
  const update = async (change: (batch: TaughtBatch) => TaughtBatch): Promise<Float32Array[]> => {
    const critic = createToyCritic();
    const batch = change(createValuedBatch(critic));
    const training = createTraining();
    await updateCritic({ critic, batch, training, options, seed: 1, step: 0 });
    const weights = readParameters(critic.policy).map((values) => values.slice());
    disposePolicy(critic.policy);
    return weights;
  };
  const plain = await update((batch) => batch);
  const noisy = await update((batch) => {
    const { returns, valueMask } = batch.perToken;
    const changed = returns.map((value, at) => (valueMask[at] === 0 ? 1e6 : value));
    return addColumns(batch, { perToken: { returns: changed } });
  });
  assert.deepEqual(noisy, plain);
  const fresh = createToyCritic();
  const none = await update((batch) =>
    addColumns(batch, { perToken: { valueMask: new Float32Array(batch.perToken.valueMask.length) } }),
  );
  assert.deepEqual(none, readParameters(fresh.policy));
  disposePolicy(fresh.policy);
});

test('a batch without values is refused, and a loss that is not finite names its step', async () => {
  const critic = createToyCritic();
  const batch = createValuedBatch(critic);
  const call = { critic, training: createTraining(), options, seed: 1, step: 7 };
  const { values: _values, ...bare } = batch.perToken;
  await assert.rejects(updateCritic({ ...call, batch: { ...batch, perToken: bare } }), {
    name: 'MissingColumnError',
    message: /hold no values \(.*\), which the critic needs/,
  });
  const returns = batch.perToken.returns.map(() => Infinity);
  const broken = addColumns(batch, { perToken: { returns } });
  await assert.rejects(updateCritic({ ...call, batch: broken }), (error) => {
    assert.ok(error instanceof NonFiniteLossError);
    assert.match(error.message, /step 7, minibatch 0/);
    return true;
  });
  disposePolicy(critic.policy);
});
