import { createAsk } from './asking/ask.ts';
import { createFindBaseModel, createRecordBaseModel } from './base/base-models.ts';
import { createChooseTemperature } from './evaluation/choose-temperature.ts';
import { createCancelPending, createCloseRun } from './run/close-run.ts';
import { createCollect } from './dataset/collect.ts';
import { createJudge } from './step/judge.ts';
import { createOpenRun } from './run/open-run.ts';
import { createPlanMatrix } from './run/plan-matrix.ts';
import { createRecord } from './step/record.ts';
import { createRecordCollected } from './dataset/record-collected.ts';
import { createRecordEvaluation } from './evaluation/record-evaluation.ts';
import { createRecordProbe } from './evaluation/record-probe.ts';
import { createReplay } from './dataset/replay.ts';
import { createShape } from './step/shape.ts';
import type { StoreDependencies } from './store-dependencies.ts';
import { createVerify } from './step/verify.ts';

/** The activities of a store's own queue, and those that run beside its workflows. */
export function createStoreActivities(dependencies: StoreDependencies) {
  return {
    planMatrix: createPlanMatrix(dependencies),
    findBaseModel: createFindBaseModel(dependencies),
    recordBaseModel: createRecordBaseModel(dependencies),
    openRun: createOpenRun(dependencies),
    verify: createVerify(dependencies),
    judge: createJudge(dependencies),
    ask: createAsk(dependencies),
    shape: createShape(dependencies),
    record: createRecord(dependencies),
    replay: createReplay(dependencies),
    recordCollected: createRecordCollected(dependencies),
    collect: createCollect(dependencies),
    recordEvaluation: createRecordEvaluation(dependencies),
    chooseTemperature: createChooseTemperature(dependencies),
    recordProbe: createRecordProbe(dependencies),
    closeRun: createCloseRun(dependencies),
    cancelPending: createCancelPending(dependencies),
  };
}

export type StoreActivities = ReturnType<typeof createStoreActivities>;
