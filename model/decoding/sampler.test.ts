import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { deriveStream } from '../../random/streams.ts';
import { AUTHORS, type RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { selectBackend, type BackendChoice } from '../backends/backend.ts';
import { defaultCacheDirectory } from '../backends/cache-directory.ts';
import type { PolicyConfig } from '../network/config.ts';
import { createPolicy, writeParameters, type Policy } from '../network/policy.ts';
import { sampleCompletions, type SampleCall } from './sampler.ts';
import { scoreArrays } from '../network/score-arrays.ts';
import { chooseToken, NonFiniteLogitsError } from './token-choice.ts';

const config: PolicyConfig = {
  vocabularySize: 12,
  width: 16,
  layers: 2,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 8,
  feedForwardWidth: 24,
  maxPositions: 64,
  ropeTheta: 1000,
  normEpsilon: 1e-6,
  tiedEmbeddings: false,
  beginId: null,
  endId: 1,
  padId: 0,
};

let policy: Policy;

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
  policy = createPolicy(config, 3);
  // Larger weights than a fresh policy's, so that its distributions are far from uniform.
  writeParameters(
    policy,
    policy.parameters.map(({ size }, index) =>
      Float32Array.from({ length: size }, (_, at) => Math.sin(at * 1.3 + index)),
    ),
  );
});

const PROMPTS = [[5, 6, 7, 8], [9], [2, 3], [5, 6, 7, 8]];

function sample(rows: readonly number[], changes: Partial<SampleCall> = {}): Promise<RolloutBatch> {
  return sampleCompletions({
    policy,
    prompts: rows.map((row) => Int32Array.from(PROMPTS[row % 4]!)),
    counters: rows.map((row) => ({ problem: row % 3, sample: row })),
    stream: deriveStream(7, 'sample'),
    step: 2,
    maxNewTokens: 12,
    temperature: 1.3,
    endId: 1,
    padId: 0,
    ...changes,
  });
}

/** The sampled tokens of a row. */
function completion(batch: RolloutBatch, row: number): number[] {
  const begin = row * (batch.promptLength + batch.completionLength) + batch.promptLength;
  return [...batch.tokens.subarray(begin, begin + batch.completionLengths[row]!)];
}

const ROWS = Array.from({ length: 21 }, (_, row) => row);

test('a rollout is the same alone and in a batch, whatever the micro-batches and their compaction', async () => {
  const tensors = tf.memory().numTensors;
  const together = await sample(ROWS);
  const apart = await sample(ROWS, { microBatch: 5, compactBelow: 1 });
  assert.deepEqual(apart.tokens, together.tokens);
  for (const row of [0, 1, 6, 20]) {
    const alone = await sample([row]);
    assert.deepEqual(completion(alone, 0), completion(together, row), `row ${row}`);
  }
  assert.equal(tf.memory().numTensors, tensors);
});

test('rollouts of one prompt differ, another step differs, and the same call repeats itself', async () => {
  const [first, again, next] = [await sample(ROWS), await sample(ROWS), await sample(ROWS, { step: 3 })];
  assert.deepEqual(first, again);
  assert.notDeepEqual(first.tokens, next.tokens);
  assert.ok(new Set([0, 4, 8, 12].map((row) => completion(first, row).join())).size > 1);
});

test('a completion ends with its first end token or is truncated, and padding follows', async () => {
  const batch = await sample(ROWS);
  assert.ok(batch.finished.includes(1) && batch.finished.includes(0), 'both kinds occur');
  for (const row of ROWS) {
    const tokens = completion(batch, row);
    assert.equal(tokens.indexOf(1), batch.finished[row] === 1 ? tokens.length - 1 : -1);
    if (batch.finished[row] === 0) assert.equal(tokens.length, 12);
    assert.equal(batch.promptStarts[row], batch.promptLength - PROMPTS[row % 4]!.length);
    const padding = batch.perToken.logprobs.subarray(
      row * batch.completionLength + tokens.length,
      (row + 1) * batch.completionLength,
    );
    assert.ok(padding.every((value) => value === 0));
  }
});

test('behavior logprobs and entropies are those that the training path computes', async () => {
  const batch = await sample(ROWS);
  const { completionLength: width, completionLengths } = batch;
  const scores = scoreArrays(policy, batch, { temperature: 1.3 });
  for (const row of ROWS) {
    for (let at = row * width; at < row * width + completionLengths[row]!; at += 1) {
      assert.ok(Math.abs(batch.perToken.logprobs[at]! - scores.logprobs[at]!) < 1e-4, `logprob ${at}`);
      assert.ok(Math.abs(batch.perToken.entropies[at]! - scores.entropies[at]!) < 1e-4, `entropy ${at}`);
    }
  }
});

test('sampling yields after each token and stops when aborted, leaving no tensor', async () => {
  const tensors = tf.memory().numTensors;
  const controller = new AbortController();
  let yields = 0;
  const onYield = (): void => {
    yields += 1;
    if (yields === 3) controller.abort(new Error('enough'));
  };
  await assert.rejects(sample(ROWS, { onYield, signal: controller.signal, endId: null }), /enough/);
  assert.equal(yields, 3);
  assert.equal(tf.memory().numTensors, tensors);
});

test('impossible calls are refused with what was found', async () => {
  await assert.rejects(sample([0], { prompts: [new Int32Array(0)] }), /prompt 0 is empty/);
  await assert.rejects(sample([0], { counters: [] }), /1 prompts need as many counters, found 0/);
  await assert.rejects(
    sample([0], { prompts: [Int32Array.of(2, 99)] }),
    /token 1 of prompt 0 holds token id 99/,
  );
  await assert.rejects(sample([0], { temperature: -1 }), RangeError);
  await assert.rejects(sample([0], { maxNewTokens: 0 }), RangeError);
});

test('a token is chosen where the cumulative distribution passes the uniform number', () => {
  const logits = Float32Array.from([9, 9, 9, Math.log(1), Math.log(2), Math.log(5)]);
  const choose = (uniform: number, temperature = 1) =>
    chooseToken(logits, 1, { temperature, uniform, masses: new Float64Array(3) });
  assert.deepEqual(
    [0, 0.1249, 0.1251, 0.374, 0.376, 0.9999].map((uniform) => choose(uniform).token),
    [0, 0, 1, 1, 2, 2],
  );
  assert.ok(Math.abs(choose(0.2).logprob - Math.log(2 / 8)) < 1e-6);
  const entropy = -(Math.log(1 / 8) / 8 + Math.log(2 / 8) / 4 + (Math.log(5 / 8) * 5) / 8);
  assert.ok(Math.abs(choose(0.2).entropy - entropy) < 1e-6);
  // At temperature ½ the odds are squared: 1, 4, 25 of 30.
  assert.deepEqual(
    [0.03, 0.16, 0.17].map((uniform) => choose(uniform, 0.5).token),
    [0, 1, 2],
  );
  assert.deepEqual(choose(0, 0).token, 2);
});

test('logits that are not numbers are refused', () => {
  const masses = new Float64Array(2);
  for (const bad of [NaN, Infinity]) {
    const logits = Float32Array.from([0, bad]);
    assert.throws(
      () => chooseToken(logits, 0, { temperature: 1, uniform: 0.5, masses }),
      NonFiniteLogitsError,
    );
  }
});

test('the disparity of a token is first minus second probability of the distribution it was drawn from', () => {
  const logits = Float32Array.from([Math.log(0.2), Math.log(0.5), Math.log(0.3), 1, 1, 0]);
  const masses = new Float64Array(3);
  const at = (row: number, temperature: number): number =>
    chooseToken(logits, row, { temperature, uniform: 0, masses }).disparity;
  assert.ok(Math.abs(at(0, 1) - 0.2) < 1e-6);
  // At temperature ½ the probabilities are squared: 0.04, 0.25, 0.09 of 0.38.
  assert.ok(Math.abs(at(0, 0.5) - 0.16 / 0.38) < 1e-6);
  assert.equal(at(1, 1), 0);
});

test('disparities are recorded only on request and change nothing else', async () => {
  const plain = await sample([0, 1, 2]);
  const recorded = await sample([0, 1, 2], { recordsDisparities: true });
  const { disparities, ...perToken } = recorded.perToken;
  assert.equal(plain.perToken.disparities, undefined);
  assert.deepEqual({ ...recorded, perToken }, plain);
  const padding = (at: number): boolean =>
    at % plain.completionLength >= plain.completionLengths[Math.floor(at / plain.completionLength)]!;
  disparities!.forEach((value, at) => {
    assert.ok(padding(at) ? value === 0 : value >= 0 && value <= 1, `${value} at ${at}`);
  });
  assert.ok(disparities!.some((value) => value > 0));
});

test('a row begins with its forced tokens, marks them, and draws the rest as it would after them', async () => {
  const forced = ROWS.map((row) => (row % 2 === 0 ? null : Int32Array.of(7, 4, 9)));
  const [plain, steered] = [await sample(ROWS), await sample(ROWS, { forced, recordsDisparities: true })];
  const width = steered.completionLength;
  for (const row of ROWS) {
    const tokens = completion(steered, row);
    const authors = [...steered.authors.subarray(row * width, row * width + tokens.length)];
    if (forced[row] === null) {
      assert.deepEqual(tokens, completion(plain, row));
      assert.ok(authors.every((author) => author === AUTHORS.policy));
      continue;
    }
    assert.deepEqual(tokens.slice(0, 3), [7, 4, 9]);
    assert.deepEqual(authors.slice(0, 3), [1, 1, 1]);
    assert.ok(authors.slice(3).every((author) => author === AUTHORS.policy));
  }
  // What was forced is scored like a draw, under the distribution that it was put in place of.
  const scores = scoreArrays(policy, steered, { temperature: 1.3 });
  for (let at = width; at < width + 3; at += 1) {
    assert.ok(Math.abs(steered.perToken.logprobs[at]! - scores.logprobs[at]!) < 1e-4, `logprob ${at}`);
    assert.ok(Math.abs(steered.perToken.entropies[at]! - scores.entropies[at]!) < 1e-4, `entropy ${at}`);
    assert.ok(steered.perToken.disparities![at]! > 0);
  }
});

test('forcing what a row would have drawn changes its authors and nothing else', async () => {
  const plain = await sample(ROWS);
  const forced = ROWS.map((row) => Int32Array.from(completion(plain, row).slice(0, 1 + (row % 4))));
  const { authors, ...rest } = await sample(ROWS, { forced, microBatch: 5, compactBelow: 1 });
  const { authors: none, ...expected } = plain;
  const free = ROWS.map(() => null);
  assert.deepEqual(await sample(ROWS, { forced: free, banned: free }), plain);
  assert.deepEqual(rest, expected);
  assert.ok(none.every((author) => author === AUTHORS.policy));
  const count = authors.reduce((sum, author) => sum + author, 0);
  assert.equal(
    count,
    forced.reduce((sum, tokens) => sum + tokens.length, 0),
  );
});

test('a forced end token ends its completion', async () => {
  const batch = await sample([0], { forced: [Int32Array.of(5, 1)] });
  assert.deepEqual([completion(batch, 0), batch.finished[0]], [[5, 1], 1]);
});

test('a banned token is never drawn, and the others share its probability', async () => {
  const plain = await sample(ROWS);
  const drawn = (batch: RolloutBatch): number[] => ROWS.flatMap((row) => completion(batch, row));
  const [often] = [...new Set(drawn(plain))].filter((id) => id !== 1);
  const banned = ROWS.map((row) => (row === 0 ? null : Int32Array.of(often!, 0)));
  for (const temperature of [1.3, 0]) {
    const batch = await sample(ROWS, { banned, temperature });
    for (const row of ROWS.slice(1)) {
      assert.ok(!completion(batch, row).some((id) => id === often || id === 0), `row ${row}`);
    }
    assert.ok(batch.perToken.logprobs.every((value) => Number.isFinite(value) && value <= 0));
  }
  const batch = await sample(ROWS, { banned });
  assert.deepEqual(completion(batch, 0), completion(plain, 0));
});

test('one token of three banned, the two others have their odds: 2 and 5 of 7', () => {
  const logits = Float32Array.from([-Infinity, Math.log(2), Math.log(5)]);
  const masses = new Float64Array(3);
  const at = (uniform: number, forced?: number) =>
    chooseToken(logits, 0, { temperature: 1, uniform, masses, forced });
  assert.deepEqual(
    [0, 0.28, 0.29].map((uniform) => at(uniform).token),
    [1, 1, 2],
  );
  assert.ok(Math.abs(at(0).logprob - Math.log(2 / 7)) < 1e-6);
  assert.ok(Math.abs(at(0).entropy + (2 / 7) * Math.log(2 / 7) + (5 / 7) * Math.log(5 / 7)) < 1e-6);
  assert.ok(Math.abs(at(0).disparity - 3 / 7) < 1e-6);
  assert.deepEqual([at(0, 2).token, at(0, 2).entropy], [2, at(0).entropy]);
  assert.ok(Math.abs(at(0, 2).logprob - Math.log(5 / 7)) < 1e-6);
});

test('rows that cannot be steered are refused with what was found', async () => {
  const all = Int32Array.from({ length: 12 }, (_, id) => id);
  const refused: [Partial<SampleCall>, RegExp][] = [
    [{ forced: [] }, /1 prompts need as many rows of forced, found 0/],
    [{ forced: [Int32Array.of(2, 99)] }, /forced token 1 of row 0 holds token id 99/],
    [{ forced: [new Int32Array(13)] }, /row 0 has 13 forced tokens; expected at most the 12 of maxNewTokens/],
    [{ forced: [Int32Array.of(2, 1, 3, 3)] }, /forced token 1 of row 0 ends its completion, but 2 more/],
    [
      { forced: [Int32Array.of(2, 3)], banned: [Int32Array.of(3)] },
      /forced token 1 of row 0 is 3, .* banned/,
    ],
    [{ banned: [Int32Array.of(-1)] }, /banned id 0 of row 0 holds token id -1/],
    [{ banned: [Int32Array.of(1)] }, /row 0 bans the end token 1 and would never end/],
    [{ banned: [all], endId: null }, /row 0 bans all 12 tokens/],
  ];
  for (const [changes, message] of refused) await assert.rejects(sample([0], changes), message);
});
