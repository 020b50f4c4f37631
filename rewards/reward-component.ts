import type { z } from 'zod';
import type { Problem } from '../tasks/problem.ts';
import type { Verdict } from '../tasks/verdict.ts';
import type { JudgedCriterion } from './rubric.ts';

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
  readonly group: readonly { readonly verdict: Verdict }[];
  /** Uniform in [0, 1), this rollout's own: `rewardDraw`. */
  readonly draw: number;
}

/** A named pure function from one rollout to a number; null when it could not be determined, which is never a 0. */
export interface RewardComponent<Options> {
  readonly name: string;
  /** Every field has a default and a sentence. */
  readonly optionsSchema: z.ZodType<Options>;
  readonly score: (input: RewardInput, options: Options) => number | null;
}

/** A component with its options settled. */
export interface Reward {
  readonly name: string;
  /** The parsed options, every default filled in. */
  readonly options: Readonly<Record<string, unknown>>;
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
    score: (rollout) => component.score(rollout, options),
  };
}
