import { createFindBaseModel, createRecordBaseModel } from './base-models.ts';
import { createCancelPending, createCloseRun } from './close-run.ts';
import { createJudge } from './judge.ts';
import { createOpenRun } from './open-run.ts';
import { createPlanMatrix } from './plan-matrix.ts';
import { createRecord } from './record.ts';
import { createRecordEvaluation } from './record-evaluation.ts';
import { createRecordProbe } from './record-probe.ts';
import { createShape } from './shape.ts';
import type { StoreDependencies } from './store-dependencies.ts';
import { createVerify } from './verify.ts';

/** The activities of a store's own queue, and those that run beside its workflows. */
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
    recordProbe: createRecordProbe(dependencies),
    closeRun: createCloseRun(dependencies),
    cancelPending: createCancelPending(dependencies),
  };
}

export type StoreActivities = ReturnType<typeof createStoreActivities>;
