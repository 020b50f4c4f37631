import { commitAttempt } from '../../db/queries/attempts.ts';
import { writeTransaction, type Database } from '../../db/store/connection.ts';
import { listJudgements, recordJudgements, type JudgementRow } from '../../db/queries/judgements.ts';
import { listRollouts } from '../../db/queries/rollouts.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import type { Judge, JudgeCall, JudgeClient } from '../../schemes/judges/judge.ts';
import { runJudge } from '../../schemes/judges/run-judge.ts';
import type { Opened } from '../../config/part.ts';
import { durable, stageKey } from '../durable.ts';
import type { RunContext } from '../run/run-context.ts';
import { problemsOfRound } from '../dataset/dataset-rows.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

export interface JudgeInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
  readonly round: number;
}

interface JudgedRollout extends JudgeCall {
  readonly rolloutId: number;
}

/** The rollouts of a sampling round with their problems: from memory, or read again after a crash. */
function listCalls(
  { db, held }: StoreDependencies,
  context: RunContext,
  { step, round }: JudgeInput,
): JudgedRollout[] {
  const { task, plan } = context;
  const { runId } = plan;
  const problems = problemsOfRound(db, context, { step, round });
  const rows =
    held.find({ runId, step, round })?.rows ??
    listRollouts(db, { runId, phase: 'train', step }).filter(({ problemIndex }) =>
      problems.has(problemIndex),
    );
  return rows.map(({ id, problemIndex, text, isTruncated }) => ({
    ...{ rolloutId: id, task, problem: problems.get(problemIndex)! },
    completion: { text, isTruncated },
  }));
}

/** A client's answers differ from time to time and cost something: who has been asked about a rollout is not asked again. */
function listUnasked(
  db: Database,
  { part }: Opened<Judge<object>>,
  rollouts: readonly JudgedRollout[],
): readonly JudgedRollout[] {
  if (part.engine === 'rules') return rollouts;
  const ids = rollouts.map(({ rolloutId }) => rolloutId);
  const recorded = listJudgements(db, ids);
  return rollouts.filter(
    ({ rolloutId }) => recorded.get(rolloutId)?.some(({ judge }) => judge === part.name) !== true,
  );
}

async function judgeAll(
  judge: Opened<Judge<object>>,
  rollouts: readonly JudgedRollout[],
  client: JudgeClient | undefined,
): Promise<JudgementRow[]> {
  const found = await Promise.all(
    rollouts.map(async (rollout) => {
      const judgements = await runJudge(judge, rollout, client);
      return judgements.map((judgement) => ({
        ...{ rolloutId: rollout.rolloutId, judge: judge.part.name },
        ...judgement,
      }));
    }),
  );
  return found.flat();
}

/** Has every rollout of a sampling round judged by the judges that the scheme's parts read, and records what they found. */
export function createJudge(dependencies: StoreDependencies) {
  const { db, plans, judgeClient } = dependencies;
  return durable(async (input: JudgeInput, attempt): Promise<void> => {
    const context = await plans.readRun(input.plan);
    const { runId } = context.plan;
    const rollouts = listCalls(dependencies, context, input);
    const judgements: JudgementRow[] = [];
    for (const judge of context.scheme.judges) {
      judgements.push(...(await judgeAll(judge, listUnasked(db, judge, rollouts), judgeClient)));
    }
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: `judge/${input.round}` }));
      recordJudgements(tx, judgements);
    });
  });
}
