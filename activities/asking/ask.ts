import type { ArtifactRef } from '../../config/plan.ts';
import type { Opened } from '../../config/part.ts';
import { assertCurrentEpoch, commitAttempt } from '../../db/queries/attempts.ts';
import { listJudgements, recordJudgements, type JudgementRow } from '../../db/queries/judgements.ts';
import { writeTransaction, type Database } from '../../db/store/connection.ts';
import { listAsked } from '../../schemes/open-scheme.ts';
import { answererOf } from '../../schemes/rewards/measure-answers.ts';
import type { ProgramSource, Reward } from '../../schemes/rewards/reward.ts';
import { durable, stageKey, type Attempt } from '../durable.ts';
import type { RunContext } from '../run/run-context.ts';
import { readRounds } from '../step/read-rounds.ts';
import { listRewardInputs, type RewardedRollout } from '../step/reward-groups.ts';
import { placeRollouts } from '../step/reward-input.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { askReward } from './ask-reward.ts';
import type { ProgramPool } from './program-pool.ts';
import type { ProgramSession } from './program-session.ts';

export interface AskInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
  /** Rollouts of each sampling round so far; asked about are those of the last one. */
  readonly rounds: readonly ArtifactRef[];
}

/** No rollout of a sampling round got a score: mend what the message quotes, and launch again; nothing is stored of them. */
export class NoScoresError extends Error {
  override readonly name = 'NoScoresError';
}

type AskedReward = Opened<Reward<object>>;

/** Under way at a time, of rewards that do not say. */
const AT_ONCE = 8;

/** Answers that are stored together. */
const STORED_TOGETHER = 16;

/** Those that a reward has not been asked about. */
function listUnasked(
  db: Database,
  rollouts: readonly RewardedRollout[],
  answerer: string,
): RewardedRollout[] {
  const recorded = listJudgements(
    db,
    rollouts.map(({ rollout }) => rollout.id),
  );
  return rollouts.filter(
    ({ rollout }) => recorded.get(rollout.id)?.some(({ judge }) => judge === answerer) !== true,
  );
}

/** Keeps answers in memory until one of them is a score, so that a round without any leaves nothing behind. */
function createAnswerStore(db: Database, run: { readonly runId: string; readonly epoch: number }) {
  let held: JudgementRow[] = [];
  let hasScore = false;
  const flush = (): void => {
    const rows = held;
    if (rows.length === 0) return;
    held = [];
    writeTransaction(db, (tx) => {
      assertCurrentEpoch(tx, run);
      const ids = rows.map(({ rolloutId }) => rolloutId);
      const recorded = listJudgements(tx, ids);
      // An attempt that was thought dead may have been answered otherwise: the first answer counts.
      const isNew = ({ rolloutId, judge }: JudgementRow): boolean =>
        recorded.get(rolloutId)?.some((row) => row.judge === judge) !== true;
      recordJudgements(tx, rows.filter(isNew));
    });
  };
  return {
    add: (row: JudgementRow): void => {
      held.push(row);
      hasScore ||= row.outcome === 'judged' || row.outcome === 'not-applicable';
      if (hasScore && held.length >= STORED_TOGETHER) flush();
    },
    /** @throws NoScoresError when the `round` rollouts of a round have not brought a single score */
    finish: (reward: string, round: number): void => {
      const [first] = held;
      if (first !== undefined && held.length === round && !hasScore)
        throw new NoScoresError(
          `reward '${reward}' gave no score to any of ${round} rollouts; the first: ${first.label}: ${first.text}`,
        );
      flush();
    },
  };
}

/** Gives one program to all questions of a reward; whatever becomes of them, it goes back. */
async function withPrograms<Value>(
  pool: ProgramPool,
  use: (sessionOf: (source: ProgramSource) => ProgramSession) => Promise<Value>,
): Promise<Value> {
  // By its files, whose text is long; the options of a run are opened once.
  const borrowed = new Map<ProgramSource['files'], readonly [ProgramSource, ProgramSession]>();
  try {
    return await use((source) => {
      const [, session] = borrowed.get(source.files) ?? [source, pool.borrow(source)];
      borrowed.set(source.files, [source, session]);
      return session;
    });
  } finally {
    for (const [source, session] of borrowed.values()) pool.giveBack(source, session);
  }
}

/** Calls `work` on every item, at most `atOnce` at a time, in their order. */
async function forEachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const takeAll = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, takeAll));
}

/** Asks one reward about the rollouts of a round, and stores what it answers. */
async function askAll(
  reward: AskedReward,
  unasked: readonly RewardedRollout[],
  by: {
    readonly pool: ProgramPool;
    readonly attempt: Attempt;
    readonly runId: string;
    readonly add: (row: JudgementRow) => void;
  },
): Promise<void> {
  const { pool, attempt, runId } = by;
  const { atOnce = AT_ONCE } = reward.options as { readonly atOnce?: number };
  // What fails one question fails the activity: the others are not waited for.
  const stopped = new AbortController();
  const signal = AbortSignal.any([attempt.signal, stopped.signal]);
  await withPrograms(pool, async (sessionOf) => {
    try {
      await forEachOf(unasked, atOnce, async ({ rollout, input }) => {
        const id = `${runId}/${rollout.step}/${rollout.problemIndex}/${rollout.sampleIndex}`;
        const judgement = await askReward(reward, input, { id, signal, sessionOf });
        by.add({ rolloutId: rollout.id, judge: answererOf(reward.part.name), ...judgement });
        await attempt.pause();
      });
    } catch (error) {
      stopped.abort(error);
      // A cancelled attempt ends as cancelled, whatever its questions end with.
      await attempt.pause();
      throw error;
    }
  });
}

/** The rollouts of the last round, with all that rewards may look at. */
async function listRollouts(
  dependencies: StoreDependencies,
  context: RunContext,
  { step, rounds }: AskInput,
): Promise<RewardedRollout[]> {
  const last = (await readRounds(dependencies, context, { step, rounds })).at(-1)!;
  const rows = placeRollouts(last.batch, last.rows);
  return listRewardInputs(dependencies.db, context, { scheme: context.scheme, rows }).flat();
}

/**
 * Asks the rewards that wait for someone else about every rollout of a sampling round, and stores each answer before it is used. Nobody
 * is asked twice: a repeated stage finds what is stored.
 */
export function createAsk(dependencies: StoreDependencies) {
  const { db, plans, programs } = dependencies;
  return durable(async (input: AskInput, attempt): Promise<void> => {
    const context = await plans.readRun(input.plan);
    const { runId } = context.plan;
    const { epoch } = input;
    const rollouts = await listRollouts(dependencies, context, input);
    for (const reward of listAsked(context.scheme)) {
      const unasked = listUnasked(db, rollouts, answererOf(reward.part.name));
      const store = createAnswerStore(db, { runId, epoch });
      await askAll(reward, unasked, { pool: programs, attempt, runId, add: store.add });
      store.finish(reward.part.name, rollouts.length);
    }
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: `ask/${input.rounds.length - 1}` }));
    });
  });
}
