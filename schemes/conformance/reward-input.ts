import type { Outcome, Verdict } from '../../tasks/verdict.ts';
import { WHOLE_ROLLOUT, type Judgement } from '../judges/judge.ts';
import type { GroupMember, RewardInput } from '../rewards/reward.ts';

/** A rollout as rewards see it: a correct direct answer alone in its group, as far as nothing changes it. */

export const verdictOf = (outcome: Outcome, extractedAnswer: string | null = null): Verdict => ({
  outcome,
  extractedAnswer,
});

const lone: GroupMember = {
  problem: { key: '1+1=', prompt: '1+1=', answer: '10' },
  completion: '#10',
  format: 'direct',
  tokenCount: 4,
  maxTokens: 20,
  isTruncated: false,
  verdict: verdictOf('correct', '10'),
  judgements: {},
  confidence: null,
  statedConfidence: null,
  referenceGap: null,
  pool: null,
  draw: 0.25,
  order: 0,
};

export const memberOf = (verdict: Verdict, change: Partial<GroupMember> = {}): GroupMember => ({
  ...lone,
  verdict,
  ...change,
});

/** A score, or why there is none. */
export const judgementOf = (
  item: string,
  found: number | Exclude<Judgement['outcome'], 'judged'>,
  weight = 1,
): Judgement => ({
  ...{ item, unit: WHOLE_ROLLOUT, vote: 0, weight, label: null, text: null, tokens: 0 },
  ...(typeof found === 'number' ? { outcome: 'judged', score: found } : { outcome: found, score: null }),
});

export const input = (change: Partial<RewardInput> = {}): RewardInput => ({
  ...lone,
  group: [lone],
  position: 0,
  ...change,
});
