import type { Opened } from '../../config/part.ts';
import { WHOLE_ROLLOUT, type Judgement } from '../../schemes/judges/judge.ts';
import {
  deadlineOf,
  ScoreFailureError,
  type FailureKind,
  type ProgramSource,
  type Reward,
  type RewardInput,
  type Score,
} from '../../schemes/rewards/reward.ts';
import { ProgramStartError, type Line } from './program-process.ts';
import type { ProgramSession } from './program-session.ts';

/** Longer ones are cut: a row is for reading. */
const MAX_MESSAGE = 2000;

const place = { item: 'score', unit: WHOLE_ROLLOUT, vote: 0, weight: 1, tokens: 0 } as const;

function toFailure(kind: FailureKind, message: string): Judgement {
  const outcome = kind === 'unreadable' ? 'unparsable' : 'failed';
  return { ...place, outcome, score: null, label: kind, text: message.slice(0, MAX_MESSAGE) };
}

function toJudgement(score: unknown): Judgement {
  if (score === null) return { ...place, outcome: 'not-applicable', score, label: null, text: null };
  if (typeof score === 'number' && Number.isFinite(score))
    return { ...place, outcome: 'judged', score, label: null, text: null };
  return toFailure('unreadable', `found the score ${String(score)}, expected a finite number, or null`);
}

/** Rejects with the signal's reason once it aborts. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** The circumstances of one question. */
export interface Circumstances {
  readonly id: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  sessionOf(source: ProgramSource): Pick<ProgramSession, 'ask'>;
}

/**
 * What an asked reward answers on one rollout; what does not come within its deadline, is refused or is no number, is a judgement
 * without a score that says why.
 *
 * @throws the reason of the signal, ProgramStartError
 */
export async function askReward(
  reward: Opened<Reward<object>>,
  input: RewardInput,
  { id, signal: outer, sessionOf }: Circumstances,
): Promise<Judgement> {
  const { part, options } = reward;
  const deadlineMs = deadlineOf(reward)!;
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new ScoreFailureError('late', `no score within ${deadlineMs} ms`)),
    deadlineMs,
  );
  const signal = AbortSignal.any([outer, late.signal]);
  const sendLine = (source: ProgramSource, line: object): Promise<Line> =>
    sessionOf(source).ask({ ...line, id }, signal);
  const score = async (): Promise<Score> => part.score(input, options, { id, signal, sendLine });
  try {
    return toJudgement(await Promise.race([score(), untilAborted(signal)]));
  } catch (error) {
    if (outer.aborted || error instanceof ProgramStartError) throw error;
    // Whatever else a reward throws because its signal aborted came too late.
    const failure = late.signal.aborted ? (late.signal.reason as ScoreFailureError) : error;
    if (failure instanceof ScoreFailureError) return toFailure(failure.kind, failure.message);
    return toFailure('rejected', failure instanceof Error ? failure.message : String(failure));
  } finally {
    clearTimeout(timer);
  }
}
