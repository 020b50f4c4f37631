import type { Database } from '../db/connection.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { createFindBaseModel, createRecordBaseModel } from './base-models.ts';
import { createCloseRun } from './close-run.ts';
import { createJudge } from './judge.ts';
import { createOpenRun } from './open-run.ts';
import { createPlanMatrix } from './plan-matrix.ts';
import { createRecord } from './record.ts';
import { createRecordEvaluation } from './record-evaluation.ts';
import type { createPlanReader } from './run-context.ts';
import { createShape } from './shape.ts';
import { createVerify } from './verify.ts';

/** What the store's own worker needs; it is the only one that writes rows while a matrix runs. */
export interface StoreDependencies {
  readonly db: Database;
  readonly artifacts: ArtifactStore;
  readonly plans: ReturnType<typeof createPlanReader>;
  /** Where finished policies are put as Hugging Face directories. */
  readonly policiesDirectory: string;
}

/** The activities of the `cpu` queue. */
export function createStoreActivities(dependencies: StoreDependencies) {
  return {
    planMatrix: createPlanMatrix(dependencies),
    findBaseModel: createFindBaseModel(dependencies),
    recordBaseModel: createRecordBaseModel(dependencies),
    openRun: createOpenRun(dependencies),
    verify: createVerify(dependencies),
    judge: createJudge(dependencies),
    shape: createShape(dependencies),
    record: createRecord(dependencies),
    recordEvaluation: createRecordEvaluation(dependencies),
    closeRun: createCloseRun(dependencies),
  };
}

export type StoreActivities = ReturnType<typeof createStoreActivities>;
