import type { Opened, Part } from '../../config/part.ts';
import type { Problem } from '../../tasks/problem.ts';
import type { Verdict } from '../../tasks/verdict.ts';
import type { Judgement } from '../judges/judge.ts';
import type { AnswerConfidence } from './answer-confidence.ts';

/** One rollout of a group: all that is its own. */
export interface GroupMember {
  readonly problem: Problem;
  /** The completion's text before the end token. */
  readonly completion: string;
  /** One of the task's formats, or `'other'`. */
  readonly format: string;
  /** Sampled tokens, end token included. */
  readonly tokenCount: number;
  /** Longest completion in tokens, end token included. */
  readonly maxTokens: number;
  readonly isTruncated: boolean;
  readonly verdict: Verdict;
  /** What each judge found of the rollout, by the judge's name; none ran that has no entry. */
  readonly judgements: Readonly<Record<string, readonly Judgement[]>>;
  /** The behavior policy's confidence in its answer span; null when the completion holds no answer. */
  readonly confidence: AnswerConfidence | null;
  /** The probability of being right that the completion states itself; null when it states none. */
  readonly statedConfidence: number | null;
  /** Σ over the tokens that the policy wrote of logprob − logprob under the reference policy; null when not recorded. */
  readonly referenceGap: number | null;
  /** Extracted answers of the base model's samples for this problem ('': none) → how often; null when none were taken. */
  readonly pool: { readonly answers: Readonly<Record<string, number>> } | null;
  /** Uniform in [0, 1), this rollout's own: `rewardDraw`. */
  readonly draw: number;
  /** The same from a stream of its own, for its place among its group: `orderDraw`. */
  readonly order: number;
}

/** Everything a reward may look at for one rollout. */
export interface RewardInput extends GroupMember {
  /** All rollouts of the same prompt, this one included, in sampling order. */
  readonly group: readonly GroupMember[];
  /** This rollout's place in `group`. */
  readonly position: number;
}

/** A reward asks for what the run did not gather: change the condition as the message says. */
export class MissingSignalError extends Error {
  constructor(reward: string, missing: string, { mend }: { mend: string }) {
    super(`reward '${reward}' needs ${missing}, which was not recorded; ${mend}.`);
    this.name = 'MissingSignalError';
  }
}

/** A reward is NaN or infinite: mend the reward named, or give null where it cannot be determined. */
export class NonFiniteRewardError extends Error {
  override readonly name = 'NonFiniteRewardError';
}

/** Refused here, where reward and rollout are known: in the mean of its group a NaN would be everybody's. */
function requireFinite(reward: string, value: number | null, rollout: RewardInput): number | null {
  if (value === null || Number.isFinite(value)) return value;
  const { problem, position, group, verdict } = rollout;
  throw new NonFiniteRewardError(
    `reward '${reward}' gave ${value} to rollout ${position} of ${group.length} of problem '${problem.key}', whose ` +
      `answer ${JSON.stringify(verdict.extractedAnswer)} is ${verdict.outcome}; expected a finite number, or null where it ` +
      'cannot be determined. Mend the reward or its options',
  );
}

/** What rollouts are rewarded for: a pure function from one rollout to a number; null when it could not be determined, which is never a 0. */
export interface Reward<Options extends object> extends Part<Options> {
  score(input: RewardInput, options: Options): number | null;
}

/** @throws NonFiniteRewardError */
export function scoreReward({ part, options }: Opened<Reward<object>>, rollout: RewardInput): number | null {
  return requireFinite(part.name, part.score(rollout, options), rollout);
}
