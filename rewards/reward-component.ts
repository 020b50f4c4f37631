import type { z } from 'zod';
import type { Problem } from '../tasks/problem.ts';
import type { Verdict } from '../tasks/verdict.ts';
import type { AnswerConfidence } from './answer-confidence.ts';
import type { JudgedCriterion } from './rubric.ts';

/**
 * What a component reads that not every run has: the base's answers to a pool, the disparities of sampled tokens (recorded
 * when a scheme needs them), confidences stated in completions (a task with such a format), what the judge says.
 */
export type RewardNeed = 'pool' | 'disparity' | 'stated-confidence' | 'rubric';

/** One rollout of a group, as its companions see it. */
export interface GroupMember {
  readonly verdict: Verdict;
  readonly confidence: AnswerConfidence | null;
  /** Uniform in [0, 1), from a stream of its own: `orderDraw`. */
  readonly order: number;
}

/** Everything a reward component may look at for one rollout. */
export interface RewardInput {
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
  /** The rubric's criteria as judged; null when no judge ran. */
  readonly rubric: readonly JudgedCriterion[] | null;
  /** All rollouts of the same prompt, this one included, in sampling order. */
  readonly group: readonly GroupMember[];
  /** This rollout's place in `group`. */
  readonly position: number;
  /** The behavior policy's confidence in its answer span; null when the completion holds no answer. */
  readonly confidence: AnswerConfidence | null;
  /** The probability of being right that the completion states itself; null when it states none. */
  readonly statedConfidence: number | null;
  /** Extracted answers of the base model's samples for this problem ('': none) → how often; null when none were taken. */
  readonly pool: { readonly answers: Readonly<Record<string, number>> } | null;
  /** Uniform in [0, 1), this rollout's own: `rewardDraw`. */
  readonly draw: number;
}

/** A component asks for what the run did not gather: change the condition as the message says. */
export class MissingSignalError extends Error {
  constructor(component: string, missing: string, { mend }: { mend: string }) {
    super(`reward '${component}' needs ${missing}, which was not recorded; ${mend}.`);
    this.name = 'MissingSignalError';
  }
}

/** A reward is NaN or infinite: mend the component named, or give null where it cannot be determined. */
export class NonFiniteRewardError extends Error {
  override readonly name = 'NonFiniteRewardError';
}

/** Refused here, where component and rollout are known: in the mean of its group a NaN would be everybody's. */
function requireFinite(component: string, value: number | null, rollout: RewardInput): number | null {
  if (value === null || Number.isFinite(value)) return value;
  const { problem, position, group, verdict } = rollout;
  throw new NonFiniteRewardError(
    `reward '${component}' gave ${value} to rollout ${position} of ${group.length} of problem '${problem.key}', whose ` +
      `answer ${JSON.stringify(verdict.extractedAnswer)} is ${verdict.outcome}; expected a finite number, or null where it ` +
      'cannot be determined. Mend the component or its options',
  );
}

/** A named pure function from one rollout to a number; null when it could not be determined, which is never a 0. */
export interface RewardComponent<Options> {
  readonly name: string;
  /** Every field has a default and a sentence. */
  readonly optionsSchema: z.ZodType<Options>;
  /** What must have been gathered for it; nothing when absent. */
  readonly needs?: (options: Options) => readonly RewardNeed[];
  readonly score: (input: RewardInput, options: Options) => number | null;
}

/** A component with its options settled. */
export interface Reward {
  readonly name: string;
  /** The parsed options, every default filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What must have been gathered before it can score. */
  readonly needs: readonly RewardNeed[];
  /** @throws NonFiniteRewardError */
  readonly score: (input: RewardInput) => number | null;
}

/**
 * Settles a component's options.
 *
 * @throws z.ZodError when the options do not fit the component's schema
 */
export function bindReward<Options extends object>(
  component: RewardComponent<Options>,
  input: unknown,
): Reward {
  const options = component.optionsSchema.parse(input);
  return {
    name: component.name,
    options: options as Readonly<Record<string, unknown>>,
    needs: component.needs?.(options) ?? [],
    score: (rollout) => requireFinite(component.name, component.score(rollout, options), rollout),
  };
}
