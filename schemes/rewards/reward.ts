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
function requireFinite(reward: string, value: Score, rollout: RewardInput): Score {
  if (value === null || Number.isFinite(value)) return value;
  const { problem, position, group, verdict } = rollout;
  throw new NonFiniteRewardError(
    `reward '${reward}' gave ${value} to rollout ${position} of ${group.length} of problem '${problem.key}', whose ` +
      `answer ${JSON.stringify(verdict.extractedAnswer)} is ${verdict.outcome}; expected a finite number, or null where it ` +
      'cannot be determined. Mend the reward or its options',
  );
}

/** A program of the user's own, with the files that it consists of: all that decides what it answers, but for what runs it. */
export interface ProgramSource {
  /** The program and its arguments, run in a folder that holds `files` and nothing else. */
  readonly command: readonly string[];
  /** By name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Why a score that was asked for did not come. */
export type FailureKind = 'late' | 'rejected' | 'ended' | 'unreadable';

/** A score that was asked for did not come: its rollout is without a reward, and is counted. */
export class ScoreFailureError extends Error {
  override readonly name = 'ScoreFailureError';

  constructor(
    readonly kind: FailureKind,
    message: string,
  ) {
    super(message);
  }
}

/** What an asked reward may use beside the rollout. */
export interface Asking {
  /** RUN/STEP/PROBLEM/SAMPLE: the same however often a run is resumed, and no other rollout's. */
  readonly id: string;
  /** Aborts at the deadline, and when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Sends one line of JSON to a program, with an id; resolves to the line that answers it. @throws ScoreFailureError */
  sendLine(program: ProgramSource, line: object): Promise<Readonly<Record<string, unknown>>>;
}

/** A number; null when it could not be determined, which is never a 0. */
export type Score = number | null;

/**
 * What rollouts are rewarded for: a function from one rollout to a number. It is pure and computes while the step is shaped, unless its
 * options have a `deadlineMs`: then it is *asked*, once of each rollout, its score may be a promise, and the answer is stored before use.
 */
export interface Reward<Options extends object> extends Part<Options> {
  /** @param asking there exactly where the options have a `deadlineMs` */
  score(input: RewardInput, options: Options, asking: Asking): Score | Promise<Score>;
}

/** How long an asked reward may take over one rollout; null: it computes. */
export function deadlineOf({ options }: Pick<Opened<Reward<object>>, 'options'>): number | null {
  const { deadlineMs } = options;
  return typeof deadlineMs === 'number' ? deadlineMs : null;
}

/** A reward gave a promise where it has to compute: give its options a `deadlineMs`, or let it compute. */
export class PromisedRewardError extends Error {
  override readonly name = 'PromisedRewardError';
}

const OUTSIDE: Asking = {
  id: '',
  signal: new AbortController().signal,
  sendLine: () => Promise.reject(new ScoreFailureError('rejected', 'only rewards with a deadline are asked')),
};

/**
 * The value of a reward that computes.
 *
 * @throws NonFiniteRewardError, PromisedRewardError
 */
export function scoreReward({ part, options }: Opened<Reward<object>>, rollout: RewardInput): Score {
  const score = part.score(rollout, options, OUTSIDE);
  if (score === null || typeof score === 'number') return requireFinite(part.name, score, rollout);
  const isPromise = typeof (score as Partial<Promise<Score>> | undefined)?.then === 'function';
  // Nobody waits for it, so its rejection must not end the process.
  if (isPromise) Promise.resolve(score).catch(() => undefined);
  const found = isPromise ? 'a promise' : JSON.stringify(score);
  throw new PromisedRewardError(
    `reward '${part.name}' gave ${found}; expected a number or null. A reward that has to wait is asked before the step is shaped: give ` +
      'its optionsSchema `deadlineMs: z.number().default(10000)`',
  );
}
