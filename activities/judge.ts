import { beginAttempt, finishAttempt } from '../db/attempts.ts';
import { writeTransaction } from '../db/connection.ts';
import { listRollouts, recordJudgements } from '../db/rollouts.ts';
import { judgeRubric } from '../rewards/rubric.ts';
import type { ArtifactRef } from '../spec/plan.ts';
import { durable } from './durable.ts';
import { trainProblems } from './run-context.ts';
import type { StoreDependencies } from './store-dependencies.ts';

export interface JudgeInput {
  readonly plan: ArtifactRef;
  readonly step: number;
  readonly round: number;
}

/** Judges every rollout of a sampling round by the rubric of checkable criteria and records what it found. */
export function createJudge({ db, plans }: StoreDependencies) {
  return durable(async (input: JudgeInput, attempt): Promise<void> => {
    const context = await plans.readRun(input.plan);
    const { plan, task } = context;
    const key = {
      runId: plan.runId,
      stage: `judge/${input.round}`,
      step: input.step,
      attempt: attempt.number,
    };
    const lease = beginAttempt(db, key, attempt.workerId);
    const first = input.round * plan.condition.training.promptsPerStep;
    const problems = trainProblems(context, input);
    const rows = listRollouts(db, { runId: plan.runId, phase: 'train', step: input.step })
      .filter((row) => row.problemIndex >= first && row.problemIndex < first + problems.length)
      .flatMap((row) =>
        judgeRubric(task, problems[row.problemIndex - first]!, row).map((judged) => ({
          rolloutId: row.id,
          ...judged,
        })),
      );
    writeTransaction(db, (tx) => {
      recordJudgements(tx, rows);
      finishAttempt(tx, lease);
    });
  });
}
