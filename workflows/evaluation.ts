import {
  planEvaluationSlices,
  type ArtifactRef,
  type CheckpointRef,
  type SplitEvaluation,
} from '../config/plan.ts';
import { store, train } from './activity-proxies.ts';

export interface EvaluationInput {
  readonly plan: ArtifactRef;
  /** The opening of the run that asks for it. */
  readonly epoch: number;
  /** Training steps behind the checkpoint; the rows' step. */
  readonly step: number;
  readonly checkpoint: CheckpointRef;
  readonly evaluations: readonly SplitEvaluation[];
}

/** Slices under way at once: more than any machine has slots, and far from the 2000 pending activities a history may hold. */
const FAN_OUT = 64;

/** Samples and verifies every slice; slices are independent, so they may use every free slot. */
export async function evaluationWorkflow(input: EvaluationInput): Promise<void> {
  const { plan, epoch, step, checkpoint } = input;
  const waiting = input.evaluations.flatMap(planEvaluationSlices);
  const takeSlices = async (): Promise<void> => {
    for (let slice = waiting.shift(); slice !== undefined; slice = waiting.shift()) {
      const { rollouts } = await train().sampleEvaluation({ plan, step, checkpoint, slice });
      await store.recordEvaluation({ plan, epoch, step, slice, rollouts });
    }
  };
  await Promise.all(Array.from({ length: Math.min(FAN_OUT, waiting.length) }, takeSlices));
}
