import type { ArtifactRef, CheckpointRef, EvaluationSlice } from '../spec/plan.ts';
import { store, train } from './activity-proxies.ts';

export interface EvaluationInput {
  readonly plan: ArtifactRef;
  /** Training steps behind the checkpoint; the rows' step. */
  readonly step: number;
  readonly checkpoint: CheckpointRef;
  readonly slices: readonly EvaluationSlice[];
}

/** Samples and verifies every slice; slices are independent, so they may use every free slot. */
export async function evaluationWorkflow(input: EvaluationInput): Promise<void> {
  const { plan, step, checkpoint } = input;
  await Promise.all(
    input.slices.map(async (slice) => {
      const { rollouts } = await train.sampleEvaluation({ plan, step, checkpoint, slice });
      await store.recordEvaluation({ plan, step, slice, rollouts });
    }),
  );
}
