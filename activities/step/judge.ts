import { commitAttempt } from '../../db/queries/attempts.ts';
import { writeTransaction } from '../../db/store/connection.ts';
import { listRollouts, recordJudgements } from '../../db/queries/rollouts.ts';
import { judgeRubric } from '../../schemes/rewards/rubric.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import { durable, stageKey } from '../durable.ts';
import { problemsOfRound } from './dataset-rows.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

export interface JudgeInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
  readonly round: number;
}

/** Judges every rollout of a sampling round by the rubric of checkable criteria and records what it found. */
export function createJudge({ db, plans, held }: StoreDependencies) {
  return durable(async (input: JudgeInput, attempt): Promise<void> => {
    const context = await plans.readRun(input.plan);
    const { plan, task } = context;
    const { runId } = plan;
    const { step, round } = input;
    const problems = problemsOfRound(db, context, input);
    const rows =
      held.find({ runId, step, round })?.rows ??
      listRollouts(db, { runId, phase: 'train', step }).filter(({ problemIndex }) =>
        problems.has(problemIndex),
      );
    const judgements = rows.flatMap((row) =>
      judgeRubric(task, problems.get(row.problemIndex)!, row).map((judged) => ({
        rolloutId: row.id,
        ...judged,
      })),
    );
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: `judge/${round}` }));
      recordJudgements(tx, judgements);
    });
  });
}
