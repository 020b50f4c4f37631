import type { ArtifactStore } from './artifact-store.ts';
import type { LivePolicies } from './live-policies.ts';
import { durable } from './durable.ts';
import { createPretrain } from './pretrain.ts';
import type { createPlanReader } from './run-context.ts';
import { createSample, createSampleEvaluation } from './sample.ts';
import { createUpdate } from './update.ts';

/** What the compute activities need; no database, so a train worker may live on another host. */
export interface TrainDependencies {
  readonly artifacts: ArtifactStore;
  readonly plans: ReturnType<typeof createPlanReader>;
  readonly policies: LivePolicies;
  /** Canonical JSON: what this worker computes with. */
  readonly provenance: string;
}

/** The activities of the `train` queue. */
export function createTrainActivities(dependencies: TrainDependencies) {
  return {
    describeWorker: durable((_: Record<string, never>) => dependencies.provenance),
    sample: createSample(dependencies),
    sampleEvaluation: createSampleEvaluation(dependencies),
    update: createUpdate(dependencies),
    pretrain: createPretrain(dependencies),
  };
}

export type TrainActivities = ReturnType<typeof createTrainActivities>;
