import { commitAttempt } from '../../db/queries/attempts.ts';
import { recordLedger } from '../../db/queries/ledger.ts';
import { listRollouts } from '../../db/queries/rollouts.ts';
import { recordStep } from '../../db/queries/steps.ts';
import { writeTransaction } from '../../db/store/connection.ts';
import { toFloats } from '../../db/blobs.ts';
import { removeAll } from '../../artifacts/artifact-store.ts';
import { measureSampled } from '../../rollouts/measure-rollouts.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import { durable, stageKey } from '../durable.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import type { ComputedBy } from '../train-dependencies.ts';
import { countCollectedStep } from '../step/count-step.ts';
import { assertOfStep } from '../step/record.ts';

export interface RecordCollectedInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
  readonly rollouts: ArtifactRef;
  readonly computedBy: ComputedBy;
}

/** Ends a step of a run that samples for a dataset, in one transaction; its rollouts are rows since they were verified. */
export function createRecordCollected({ db, artifacts, plans, held }: StoreDependencies) {
  return durable(async (input: RecordCollectedInput, attempt): Promise<void> => {
    const context = await plans.readRun(input.plan);
    const { runId } = context.plan;
    const { step, rollouts, computedBy } = input;
    assertOfStep([rollouts], `runs/${runId}/step-${step}/`);
    const rows =
      held.find({ runId, step, round: 0 })?.rows ?? listRollouts(db, { runId, phase: 'train', step });
    const tokens = rows.reduce((sum, row) => sum + row.tokenCount, 0);
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: 'record' }));
      const metrics = measureSampled(rows.map((row) => ({ ...row, entropies: toFloats(row.entropies) })));
      recordStep(tx, { runId, step, rollouts: rows.length, tokens, ...computedBy }, metrics);
      recordLedger(tx, countCollectedStep(context, { step, rows }));
    });
    held.drop(runId);
    await removeAll(artifacts, [rollouts]);
  });
}
