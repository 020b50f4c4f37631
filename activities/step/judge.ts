import { commitAttempt } from '../../db/queries/attempts.ts';
import { writeTransaction } from '../../db/store/connection.ts';
import { recordJudgements } from '../../db/queries/judgements.ts';
import { listRollouts } from '../../db/queries/rollouts.ts';
import { judgeRubric } from '../../schemes/rewards/rubric.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import { durable, stageKey } from '../durable.ts';
import { trainProblems } from '../run/run-context.ts';
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
    const first = round * plan.condition.training.promptsPerStep;
    const problems = trainProblems(context, input);
    const rows =
      held.find({ runId, step, round })?.rows ??
      listRollouts(db, { runId, phase: 'train', step }).filter(
        (row) => row.problemIndex >= first && row.problemIndex < first + problems.length,
      );
    const judgements = rows.flatMap((row) =>
      judgeRubric(task, problems[row.problemIndex - first]!, row).map(({ criterion, outcome, weight }) => ({
        ...{ rolloutId: row.id, judge: 'checks', item: criterion, unit: -1, vote: 0, weight },
        ...(outcome === 'not-applicable'
          ? ({ outcome, score: null } as const)
          : ({ outcome: 'judged', score: Number(outcome === 'met') } as const)),
        ...{ label: null, text: null, tokens: 0 },
      })),
    );
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: `judge/${round}` }));
      recordJudgements(tx, judgements);
    });
  });
}
