import { updatePolicy } from '../learning/update-policy.ts';
import type { ArtifactRef, CheckpointRef } from '../spec/plan.ts';
import { durable } from './durable.ts';
import { releaseLivePolicy } from './live-policies.ts';
import { decodeShapedBatch } from './rollout-artifact.ts';
import type { TrainDependencies } from './train-dependencies.ts';

export interface UpdateInput {
  readonly plan: ArtifactRef;
  readonly step: number;
  readonly checkpoint: CheckpointRef;
  /** The base model: what a KL penalty is measured from. */
  readonly reference: CheckpointRef;
  readonly shaped: ArtifactRef;
}

export interface UpdatedPolicy {
  readonly checkpoint: CheckpointRef;
  /** Metric name → value, as recorded. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * The optimizer steps of one shaped batch. The live policy is changed in place, so a failed attempt throws it away and
 * the next one starts again from the checkpoint.
 */
export function createUpdate(dependencies: TrainDependencies) {
  return durable(async (input: UpdateInput, attempt): Promise<UpdatedPolicy> => {
    const { artifacts, plans, policies } = dependencies;
    const context = await plans.readRun(input.plan);
    const { condition, runId, seed } = context.plan;
    const batch = decodeShapedBatch(await artifacts.read(input.shaped));
    const referencePolicy =
      condition.scheme.loss.beta > 0 ? await policies.borrow(input.reference, context.policyConfig) : null;
    const live = await policies.take(input.checkpoint, context.policyConfig);
    try {
      const metrics = await updatePolicy({
        policy: live.policy,
        moments: live.moments,
        batch,
        scheme: condition.scheme,
        training: condition.training,
        maxNewTokens: context.maxNewTokens,
        referencePolicy,
        seed,
        step: input.step,
        onYield: attempt.pause,
        signal: attempt.signal,
      });
      const checkpoint = await policies.keep(
        live,
        (part) => `runs/${runId}/checkpoint-${input.step + 1}/${part}-{sha}.safetensors`,
      );
      return { checkpoint, metrics };
    } catch (error) {
      releaseLivePolicy(live);
      throw error;
    }
  });
}
