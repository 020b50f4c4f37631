import { assertCurrentEpoch } from '../../db/queries/attempts.ts';
import { recordDataset } from '../../db/queries/datasets.ts';
import { listTrainingTexts } from '../../db/queries/rollouts.ts';
import { findRun } from '../../db/queries/runs.ts';
import { writeTransaction, type Database } from '../../db/store/connection.ts';
import { canonicalJson } from '../../config/canonical.ts';
import type { ArtifactRef, RunPlan } from '../../config/plan.ts';
import type { CollectedRollout } from '../../datasets/collector.ts';
import { openCollector } from '../../datasets/index.ts';
import { durable } from '../durable.ts';
import { addressOf, poolIndex } from '../run/run-context.ts';
import { planOfRecorded } from '../run/run-inputs.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { placeOfPrompt } from './dataset-rows.ts';

export interface CollectInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
}

/** The recorded training rollouts of a run. */
function listCollected(db: Database, plan: RunPlan): CollectedRollout[] {
  return listTrainingTexts(db, plan.runId).map(({ text, ...rollout }) => {
    const at = placeOfPrompt(plan, rollout);
    return { ...rollout, completion: text, address: addressOf(plan, at), poolIndex: poolIndex(plan, at) };
  });
}

/** Makes the dataset of a run from recorded rollouts and records it, in one transaction. */
export function createCollect({ db, plans }: StoreDependencies) {
  return durable(async (input: CollectInput): Promise<void> => {
    const { plan } = await plans.readRun(input.plan);
    const { runId, condition, inputs } = plan;
    const { name, options } = condition.collect!;
    const opened = openCollector(name, options);
    const read =
      opened.collector.reads === 'own' ? plan : planOfRecorded(db, findRun(db, inputs.data!.runId));
    const rows = opened.collector.collect(listCollected(db, read), opened.options).map(canonicalJson);
    writeTransaction(db, (tx) => {
      assertCurrentEpoch(tx, { runId, epoch: input.epoch });
      recordDataset(tx, { runId, kind: opened.collector.gives }, rows);
    });
  });
}
