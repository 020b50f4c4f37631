import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRolloutBatch } from '../rollouts/rollout-batch.fixture.ts';
import type { ShapedBatch } from '../rollouts/rollout-batch.ts';
import { creditRules } from '../schemes/credit/index.ts';
import type { CurrentScores, TokenRuling } from '../schemes/credit/credit-rule.ts';
import { terms } from '../schemes/terms/index.ts';
import { ruleTokens } from './rule-tokens.ts';

/** Covariances under the current logprobs: 2, −2 | 2, −2; the third column is padding. */
const current = {
  logprobs: Float32Array.of(-1, -3, 0, -3, -1, 0),
  entropies: Float32Array.of(0.1, 0.2, 0, 0.3, 0.4, 0),
};
const perToken = {
  credit: Float32Array.of(2, 2, 0, -2, -2, 0),
  logprobs: current.logprobs,
  entropies: new Float32Array(6),
  tokenMask: Float32Array.of(1, 1, 0, 1, 1, 0),
};

interface Call {
  readonly columns?: Partial<ShapedBatch['perToken']>;
  readonly objective?: readonly [name: string, options?: object];
  readonly score?: () => CurrentScores;
}

function ruled(rules: readonly (readonly [name: string, options?: object])[], call: Call = {}): TokenRuling {
  const { columns = {}, objective = ['clipped'], score = () => current } = call;
  const batch: ShapedBatch = createRolloutBatch<
    'credit' | 'tokenMask' | 'logprobs' | 'entropies',
    'advantages'
  >({
    count: 2,
    completionLength: 3,
    perToken: { ...perToken, ...columns },
    perRollout: { advantages: Float32Array.of(2, -2) },
  });
  const [name, options = {}] = objective;
  return ruleTokens(batch, {
    rules: rules.map(([rule, settings = {}]) => creditRules.open(rule, settings)),
    terms: [{ ...terms.open(name, options), weight: 1 }],
    score,
    seed: 4,
    step: 0,
    update: 0,
  });
}

test('without a rule of the optimizer step nothing is scored and every counted token learns', () => {
  const score = (): never => {
    throw new Error('scored');
  };
  const found = ruled([['spread'], ['whiten']], { score });
  assert.deepEqual(found, { tokenWeights: perToken.tokenMask });
  const tokenWeights = Float32Array.of(0.5, 1, 0, 0, 1, 0);
  assert.equal(ruled([['spread']], { score, columns: { tokenWeights } }).tokenWeights, tokenWeights);
});

test('the entropy mask and Clip-Cov both take tokens away; the policy is scored once for both', () => {
  let scored = 0;
  const score = (): CurrentScores => {
    scored += 1;
    return current;
  };
  const found = ruled(
    [
      ['top-entropy', { share: 0.5 }],
      ['clip-cov', { share: 1 }],
    ],
    { score },
  );
  // The upper half of the entropies is the second row; its first token has covariance 2.
  assert.deepEqual([...found.tokenWeights], [0, 0, 0, 0, 1, 0]);
  assert.equal(found.metrics!['update/covariance_chosen'], 1 / 4);
  assert.equal(scored, 1);
});

test('slopes of two rules add up, and a rule without any leaves them', () => {
  const logprobs = Float32Array.of(-1.5, -3, 0, -2.5, -1, 0);
  const tie = (penalty: number) => ['kl-cov', { share: 0.5, penalty }] as const;
  const found = ruled([tie(0.25), tie(1), ['top-entropy', { share: 1 }]], { columns: { logprobs } });
  assert.deepEqual([...found.slopes!], [1.25, 0, 0, -1.25, 0, 0]);
});

test('a token that the clip has silenced is no candidate of Clip-Cov', () => {
  // The first token's ratio is e^0.5 with A > 0: clipped. Without a clip it is a candidate again.
  const columns = { logprobs: Float32Array.of(-1.5, -3, 0, -3, -1, 0) };
  const rules = [['clip-cov', { share: 1 }]] as const;
  assert.deepEqual([...ruled(rules, { columns }).tokenWeights], [1, 1, 0, 0, 1, 0]);
  const unclipped = ruled(rules, { columns, objective: ['unclipped'] });
  assert.deepEqual([...unclipped.tokenWeights], [0, 1, 0, 0, 1, 0]);
});

test('at sequence level a row is clipped by its mean ratio', () => {
  // Mean log ratio of the first row: 0.25, beyond log 1.2; of its second token alone: 0.
  const columns = { logprobs: Float32Array.of(-1.5, -3, 0, -3, -1, 0) };
  const objective = ['clipped', { ratioLevel: 'sequence' }] as const;
  const found = ruled([['clip-cov', { share: 1, low: -9 }]], { columns, objective });
  assert.deepEqual([...found.tokenWeights], [1, 1, 0, 0, 0, 0]);
});
