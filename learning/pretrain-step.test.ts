import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { scoreSequences } from '../model/network/forward.ts';
import { createPolicy, disposePolicy, readParameters, type Policy } from '../model/network/policy.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { optimizerSchema } from '../config/training.ts';
import { applyAdamw, createMoments } from './optimizer/adamw.ts';
import { NonFiniteLossError } from './non-finite-loss-error.ts';
import { pretrainStep } from './pretrain-step.ts';

const optimizer = optimizerSchema.parse({ learningRate: 3e-3, maxGradientNorm: 0.5 });
const PAD = 0;
const END = 1;

function createToyPolicy(): Policy {
  return createPolicy(
    {
      vocabularySize: 13,
      width: 16,
      layers: 2,
      heads: 2,
      keyValueHeads: 2,
      headWidth: 8,
      feedForwardWidth: 24,
      maxPositions: 32,
      ropeTheta: 1000,
      normEpsilon: 1e-6,
      tiedEmbeddings: true,
      beginId: null,
      endId: END,
      padId: PAD,
    },
    3,
  );
}

/** Counting sequences of 3 to 14 tokens. */
function createDocuments(count: number): Int32Array[] {
  const generator = createGenerator(deriveStream(2, 'documents'));
  return Array.from({ length: count }, () => {
    const first = generator.integer(11);
    const body = Array.from({ length: 2 + generator.integer(12) }, (_, at) => 2 + ((first + at) % 11));
    return Int32Array.from([...body, END]);
  });
}

function copyWeights(policy: Policy): Float32Array[] {
  return readParameters(policy).map((values) => values.slice());
}

function stepOnce(documents: readonly Int32Array[]): { loss: number; weights: Float32Array[] } {
  const policy = createToyPolicy();
  const moments = createMoments(policy);
  const { loss } = pretrainStep({ policy, moments, documents, padId: PAD, optimizer, learningRate: 3e-3 });
  const weights = copyWeights(policy);
  disposePolicy(policy);
  return { loss, weights };
}

/** The same step with all documents in one batch and every operation on its own. */
function stepAtOnce(documents: readonly Int32Array[]): { loss: number; weights: Float32Array[] } {
  const policy = createToyPolicy();
  const length = Math.max(...documents.map((document) => document.length));
  const tokens = new Int32Array(documents.length * length);
  documents.forEach((document, row) => tokens.set(document, row * length));
  const batch = {
    count: documents.length,
    promptLength: 1,
    completionLength: length - 1,
    tokens,
    promptStarts: new Int32Array(documents.length),
    completionLengths: Int32Array.from(documents, (document) => document.length - 1),
  };
  const { value, grads } = tf.variableGrads(() => {
    const { logprobs, tokenMask } = scoreSequences(policy, batch);
    return tf.neg(tf.div(tf.sum(tf.mul(logprobs, tokenMask)), tf.sum(tokenMask))) as tf.Scalar;
  }, [...policy.parameters]);
  const gradients = policy.parameters.map(({ name }) => (grads[name]!.dataSync() as Float32Array).slice());
  const loss = value.dataSync()[0]!;
  const options = { betas: [0.9, 0.95] as const, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 0.5 };
  applyAdamw(policy, gradients, { moments: createMoments(policy), options, learningRate: 3e-3 });
  const weights = copyWeights(policy);
  tf.dispose([value, grads]);
  disposePolicy(policy);
  return { loss, weights };
}

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

test('steps lower the loss and leak no tensors', () => {
  const tensors = tf.memory().numTensors;
  const policy = createToyPolicy();
  const moments = createMoments(policy);
  const documents = createDocuments(40);
  const losses = Array.from(
    { length: 20 },
    () => pretrainStep({ policy, moments, documents, padId: PAD, optimizer, learningRate: 1e-2 }).loss,
  );
  assert.ok(Math.abs(losses[0]! - Math.log(13)) < 0.1, 'a fresh policy is nearly uniform');
  assert.ok(losses.at(-1)! < losses[0]! * 0.7, losses.join());
  assert.equal(moments.step, 20);
  disposePolicy(policy);
  assert.equal(tf.memory().numTensors, tensors);
});

test('a step in micro-batches equals one over all documents at once', () => {
  const documents = createDocuments(71);
  const got = stepOnce(documents);
  const want = stepAtOnce(documents);
  assert.ok(Math.abs(got.loss - want.loss) < 1e-5);
  // The first step of Adam moves by the sign of the gradient, so rounding shows where a gradient is about 0.
  const differences = got.weights.flatMap((values, index) =>
    Array.from(values, (value, at) => Math.abs(value - want.weights[index]![at]!)),
  );
  const far = differences.filter((difference) => difference > 1e-4).length;
  assert.ok(far <= differences.length * 0.002, `${far} of ${differences.length} weights differ`);
});

test('the same step gives the same bits', () => {
  const documents = createDocuments(33);
  assert.deepEqual(stepOnce(documents), stepOnce(documents));
});

test('the order of the documents changes rounding only', () => {
  const documents = createDocuments(20);
  assert.ok(Math.abs(stepOnce(documents).loss - stepOnce([...documents].reverse()).loss) < 1e-6);
});

test('documents without a token to predict are refused', () => {
  assert.throws(() => stepOnce([]), RangeError);
  assert.throws(() => stepOnce([Int32Array.of(4, 5), Int32Array.of(END)]), /document 1/);
});

test('a document with an id outside the vocabulary is refused by name and place', () => {
  assert.throws(() => stepOnce([...createDocuments(2), Int32Array.of(4, 13)]), {
    name: 'UnknownTokenIdError',
    message: /^token 1 of document 2 holds token id 13; .* vocabulary of 13\./,
  });
});

test('a loss that is not finite changes nothing', () => {
  const policy = createToyPolicy();
  const moments = createMoments(policy);
  policy.parameters[0]!.assign(tf.fill(policy.parameters[0]!.shape, NaN));
  const documents = createDocuments(3);
  assert.throws(
    () => pretrainStep({ policy, moments, documents, padId: PAD, optimizer, learningRate: 1e-2 }),
    NonFiniteLossError,
  );
  assert.equal(moments.step, 0);
  disposePolicy(policy);
});
