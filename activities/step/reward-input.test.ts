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
import { indexRollouts, toRewardInputs } from './reward-input.ts';
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

/** Rollouts of the second prompt of the second sampling round: rows 2 and 3 of that batch. */
const rolloutOf = (
  tokens: Int32Array,
  { tokenizer, sampleIndex }: { tokenizer: PolicyTokenizer; sampleIndex: number },
): RolloutWithVerdict => {
  const text = tokenizer.decode(tokens, { skipSpecialTokens: true });
  const isTruncated = tokens.at(-1) !== tokenizer.endId;
  const tokenCount = tokens.length;
  const logprobs = Float32Array.from({ length: tokenCount }, (_, i) => Math.log(1 / (2 + i)));
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
    tokenCount,
    isTruncated,
    tokens: Buffer.from(tokens.buffer),
    logprobs: Buffer.from(logprobs.buffer),
    verdict: { outcome: isTruncated ? 'malformed' : 'correct', extractedAnswer: isTruncated ? null : '10' },
  } as unknown as RolloutWithVerdict;
};

/** A sampling round of two prompts, the first of them number `first` of the step. */
const batch = (first: number, disparities?: Float32Array): RolloutBatch => {
  const nothing = new Float32Array(4 * T);
  const plain = createRolloutBatch({
    count: 4,
    completionLength: T,
    completionLengths: Int32Array.of(T, T, 6, 4),
    groups: Int32Array.of(first, first, first + 1, first + 1),
    perToken: { logprobs: nothing, entropies: nothing },
    perRollout: {},
  });
  return disparities === undefined ? plain : addColumns(plain, { perToken: { disparities } });
};

const rows = ['#10~7<end>', '#10~'].map((text, sampleIndex) =>
  rolloutOf(characters.encode(text), { tokenizer: characters, sampleIndex }),
);
const read = (last: RolloutBatch) =>
  toRewardInputs(context, rows, { judged: new Map(), place: indexRollouts([batch(0), last]), pool: null });

test('confidence is read at the answer tokens of the rollout’s own row of its own sampling round', () => {
  const disparities = new Float32Array(4 * T);
  disparities.set([9, 0.5, 0.25, 9, 9, 9], 2 * T);
  const [first, second] = read(batch(2, disparities));
  assert.equal(first!.confidence!.disparity, 0.375);
  // The tokens '1' and '0' stand at positions 1 and 2, drawn with probabilities 1/3 and 1/4.
  assert.ok(Math.abs(first!.confidence!.meanProbability - (1 / 3 + 1 / 4) / 2) < 1e-7);
  assert.equal(first!.statedConfidence, 7 / 9);
  assert.equal(second!.confidence, null, 'a completion that was cut off has no answer');
  assert.equal(second!.statedConfidence, null);
});

test('confidence is read at the tokens that hold the answer, however the tokenizer cuts the text', () => {
  const disparities = new Float32Array(4 * T);
  disparities.set([0.5, 0.25, 9, 9, 9, 9], 2 * T);
  const [first] = toRewardInputs(
    contextOf(pairs),
    [rolloutOf(pairs.encode('#10~7<end>'), { tokenizer: pairs, sampleIndex: 0 })],
    { judged: new Map(), place: indexRollouts([batch(0), batch(2, disparities)]), pool: null },
  );
  assert.equal(first!.tokenCount, 4);
  // The answer '10' lies in '#1' and '0', drawn with probabilities 1/2 and 1/3.
  assert.equal(first!.confidence!.disparity, 0.375);
  assert.ok(Math.abs(first!.confidence!.meanProbability - (1 / 2 + 1 / 3) / 2) < 1e-7);
});

test('a special token before the answer does not move it', () => {
  const disparities = new Float32Array(4 * T);
  disparities.set([9, 9, 0.5, 0.25, 9, 9], 2 * T);
  const tokens = characters.encode('#<pad>10<end>');
  const [first] = toRewardInputs(context, [rolloutOf(tokens, { tokenizer: characters, sampleIndex: 0 })], {
    judged: new Map(),
    place: indexRollouts([batch(0), batch(2, disparities)]),
    pool: null,
  });
  assert.equal(first!.confidence!.disparity, 0.375);
});

test('without recorded disparities the mean probability is still known', () => {
  const [first] = read(batch(2));
  assert.equal(first!.confidence!.disparity, null);
  assert.ok(first!.confidence!.meanProbability > 0);
});

test('the reference gap is Σ logprob − reference logprob of the tokens the policy wrote; null without a reference', () => {
  assert.equal(read(batch(2))[0]!.referenceGap, null);
  const perToken = {
    logprobs: Float32Array.from({ length: 4 * T }, () => -1),
    referenceLogprobs: Float32Array.from({ length: 4 * T }, (_, at) => -1 - (at % T)),
  };
  const scored = addColumns(batch(2), { perToken });
  // The rows hold six and four tokens: 0 + 1 + … + 5 and 0 + 1 + 2 + 3.
  assert.deepEqual(
    read(scored).map(({ referenceGap }) => referenceGap),
    [15, 6],
  );
  scored.authors[2 * T + 5] = AUTHORS.forced;
  assert.equal(read(scored)[0]!.referenceGap, 10);
});

test('each rollout sees the group, its own place in it and draws of its own', () => {
  const inputs = read(batch(2));
  inputs.forEach((input, position) => {
    const at = { step: 4, problem: 3, sample: position };
    assert.equal(input.position, position);
    assert.equal(input.group[position]!.confidence, input.confidence);
    assert.equal(input.draw, rewardDraw(5, at));
    assert.equal(input.group[position]!.order, orderDraw(5, at));
    assert.equal(input.maxTokens, 9);
  });
});
