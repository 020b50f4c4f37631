import { durable } from './durable.ts';
import { createPretrain } from './base/pretrain.ts';
import { createProbe } from './evaluation/probe.ts';
import { createMeasure } from './step/measure.ts';
import { createSample, createSampleEvaluation } from './step/sample.ts';
import type { TrainDependencies } from './train-dependencies.ts';
import { createUpdate } from './step/update.ts';

/** The activities of the `train` queue. */
export function createTrainActivities(dependencies: TrainDependencies) {
  return {
    describeWorker: durable((_: Record<string, never>) => dependencies.provenance),
    sample: createSample(dependencies),
    sampleEvaluation: createSampleEvaluation(dependencies),
    probe: createProbe(dependencies),
    measure: createMeasure(dependencies),
    update: createUpdate(dependencies),
    pretrain: createPretrain(dependencies),
  };
}

export type TrainActivities = ReturnType<typeof createTrainActivities>;
