import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { createCharacterTokenizer } from '../../model/tokenizers/character-tokenizer.ts';
import { createPairTokenizer } from '../../model/tokenizers/pair-tokenizer.fixture.ts';
import type { PolicyTokenizer } from '../../model/tokenizers/tokenizer.ts';
import { createRolloutBatch } from '../../rollouts/rollout-batch.fixture.ts';
import { addColumns, AUTHORS, type RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { orderDraw, rewardDraw } from '../../schemes/rewards/reward-draw.ts';
import { openTask } from '../../tasks/index.ts';
import { placeRollouts, toRewardInputs } from './reward-input.ts';
import type { RunContext } from '../run/run-context.ts';

const T = 6;
const task = openTask('arithmetic', { formats: ['direct-confidence', 'direct'] });
const contextOf = (tokenizer: PolicyTokenizer): RunContext =>
  ({
    plan: { seed: 5, condition: { training: { promptsPerStep: 2, groupSize: 2 } } },
    task,
    tokenizer,
    maxNewTokens: 9,
  }) as unknown as RunContext;
const characters = createCharacterTokenizer(task.alphabet, { pad: '<pad>', end: '<end>' });
const context = contextOf(characters);

/** Its tokens of '#10~7' are '#1', '0' and '~7'. */
const pairs = createPairTokenizer(task.alphabet, [
  ['#', '1'],
  ['~', '7'],
]);

/** The rollouts of problem 3 as the store holds them. */
const rowOf = (tokens: Int32Array, sampleIndex: number, tokenizer = characters): RolloutWithVerdict => {
  const text = tokenizer.decode(tokens, { skipSpecialTokens: true });
  const isTruncated = tokens.at(-1) !== tokenizer.endId;
  return {
    id: 70 + sampleIndex,
    step: 4,
    problemIndex: 3,
    sampleIndex,
    problemKey: 'k',
    prompt: '1+1=',
    answer: '10',
    text,
    format: task.formatOf(text),
    tokenCount: tokens.length,
    isTruncated,
    verdict: { outcome: isTruncated ? 'malformed' : 'correct', extractedAnswer: isTruncated ? null : '10' },
  } as unknown as RolloutWithVerdict;
};

/** Completions of problem 3 as sampled: the tokens of each have probabilities 1/2, 1/3, … */
const batchOf = (completions: readonly Int32Array[], disparities?: readonly number[]): RolloutBatch => {
  const count = completions.length;
  const tokens = new Int32Array(count * (1 + T));
  const logprobs = new Float32Array(count * T);
  completions.forEach((completion, row) => {
    tokens.set(completion, row * (1 + T) + 1);
    completion.forEach((_, at) => (logprobs[row * T + at] = Math.log(1 / (2 + at))));
  });
  const plain = createRolloutBatch({
    ...{ count, completionLength: T, tokens },
    completionLengths: Int32Array.from(completions, (completion) => completion.length),
    groups: new Int32Array(count).fill(3),
    perToken: { logprobs, entropies: new Float32Array(count * T) },
    perRollout: {},
  });
  if (disparities === undefined) return plain;
  const column = new Float32Array(count * T);
  column.set(disparities);
  return addColumns(plain, { perToken: { disparities: column } });
};

const completions = ['#10~7<end>', '#10~'].map((text) => characters.encode(text));
const read = (batch: RolloutBatch, surroundings = context, all = completions, tokenizer = characters) =>
  toRewardInputs(
    surroundings,
    placeRollouts(
      batch,
      all.map((tokens, sampleIndex) => rowOf(tokens, sampleIndex, tokenizer)),
    ),
    { judged: new Map(), pool: null },
  );

test('confidence is read at the answer tokens of the rollout’s own row of its batch', () => {
  const [first, second] = read(batchOf(completions, [9, 0.5, 0.25, 9, 9, 9]));
  assert.equal(first!.confidence!.disparity, 0.375);
  // The tokens '1' and '0' stand at positions 1 and 2, drawn with probabilities 1/3 and 1/4.
  assert.ok(Math.abs(first!.confidence!.meanProbability - (1 / 3 + 1 / 4) / 2) < 1e-7);
  assert.equal(first!.statedConfidence, 7 / 9);
  assert.equal(second!.confidence, null, 'a completion that was cut off has no answer');
  assert.equal(second!.statedConfidence, null);
});

test('confidence is read at the tokens that hold the answer, however the tokenizer cuts the text', () => {
  const cut = [pairs.encode('#10~7<end>')];
  const [first] = read(batchOf(cut, [0.5, 0.25, 9, 9, 9, 9]), contextOf(pairs), cut, pairs);
  assert.equal(first!.tokenCount, 4);
  // The answer '10' lies in '#1' and '0', drawn with probabilities 1/2 and 1/3.
  assert.equal(first!.confidence!.disparity, 0.375);
  assert.ok(Math.abs(first!.confidence!.meanProbability - (1 / 2 + 1 / 3) / 2) < 1e-7);
});

test('a special token before the answer does not move it', () => {
  const marked = [characters.encode('#<pad>10<end>')];
  const [first] = read(batchOf(marked, [9, 9, 0.5, 0.25, 9, 9]), context, marked);
  assert.equal(first!.confidence!.disparity, 0.375);
});

test('without recorded disparities the mean probability is still known', () => {
  const [first] = read(batchOf(completions));
  assert.equal(first!.confidence!.disparity, null);
  assert.ok(first!.confidence!.meanProbability > 0);
});

test('the reference gap is Σ logprob − reference logprob of the tokens the policy wrote; null without a reference', () => {
  assert.equal(read(batchOf(completions))[0]!.referenceGap, null);
  const perToken = {
    logprobs: Float32Array.from({ length: 2 * T }, () => -1),
    referenceLogprobs: Float32Array.from({ length: 2 * T }, (_, at) => -1 - (at % T)),
  };
  const scored = addColumns(batchOf(completions), { perToken });
  // The rows hold six and four tokens: 0 + 1 + … + 5 and 0 + 1 + 2 + 3.
  assert.deepEqual(
    read(scored).map(({ referenceGap }) => referenceGap),
    [15, 6],
  );
  scored.authors[5] = AUTHORS.forced;
  assert.equal(read(scored)[0]!.referenceGap, 10);
});

test('each rollout sees the group, its own place in it and draws of its own', () => {
  const inputs = read(batchOf(completions));
  inputs.forEach((input, position) => {
    const at = { step: 4, problem: 3, sample: position };
    assert.equal(input.position, position);
    assert.equal(input.group[position]!.confidence, input.confidence);
    assert.equal(input.draw, rewardDraw(5, at));
    assert.equal(input.group[position]!.order, orderDraw(5, at));
    assert.equal(input.maxTokens, 9);
  });
});

test('rows of other problems than the batch has are refused', () => {
  const rows = completions.map((tokens, sampleIndex) => rowOf(tokens, sampleIndex));
  assert.throws(() => placeRollouts({ ...batchOf(completions), groups: Int32Array.of(3, 4) }, rows), {
    name: 'RangeError',
    message: /groups are 3,4; found rows of problems 3,3/,
  });
});
