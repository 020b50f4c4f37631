import type { ArtifactRef } from '../../config/plan.ts';
import { durable } from '../durable.ts';
import type { TrainDependencies } from '../train-dependencies.ts';
import { recordSignals, type StepModels } from './record-signals.ts';
import { decodeRollouts, encodeRollouts } from './rollout-file.ts';

export interface MeasureInput {
  readonly plan: ArtifactRef;
  readonly step: number;
  readonly rollouts: ArtifactRef;
  readonly models: StepModels;
}

export interface MeasuredRollouts {
  readonly rollouts: ArtifactRef;
  /** Where the policy is warm now. */
  readonly workerQueue: string;
}

/** Lets the models of a step score rollouts that were not sampled in it. */
export function createMeasure({ artifacts, plans, policies, workerQueue }: TrainDependencies) {
  return durable(async (input: MeasureInput): Promise<MeasuredRollouts> => {
    const context = await plans.readRun(input.plan);
    const rollouts = decodeRollouts(await artifacts.read(input.rollouts));
    const measured = await recordSignals(policies, context, { rollouts, models: input.models });
    const path = `runs/${context.plan.runId}/step-${input.step}/measured-{sha}.safetensors`;
    return { rollouts: await artifacts.write(path, encodeRollouts(measured)), workerQueue };
  });
}
