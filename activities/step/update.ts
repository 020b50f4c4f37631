import { NonFiniteGradientError } from '../../learning/optimizer/adamw.ts';
import { NonFiniteLossError } from '../../learning/non-finite-loss-error.ts';
import { updateCritic } from '../../learning/update-critic.ts';
import {
  updatePolicy,
  type PolicyUpdate,
  type UpdateCall,
  type UpdatePass,
} from '../../learning/update-policy.ts';
import { addPass, noPass, type PassCount } from '../../rollouts/count-pass.ts';
import { addColumns, requireColumns, shapedColumns } from '../../rollouts/rollout-batch.ts';
import { findCritic } from '../../schemes/open-scheme.ts';
import type { ArtifactRef, CheckpointRef } from '../../config/plan.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { durable, type Attempt } from '../durable.ts';
import { releaseLivePolicy, withCritic, withoutCritic, type LivePolicy } from './live-policies.ts';
import { decodeRollouts, encodeRollouts } from './rollout-file.ts';
import type { RunContext } from '../run/run-context.ts';
import type { ComputedBy, TrainDependencies } from '../train-dependencies.ts';

export interface UpdateInput {
  readonly plan: ArtifactRef;
  readonly step: number;
  readonly checkpoint: CheckpointRef;
  readonly shaped: ArtifactRef;
}

/** Passes of one kind over rollouts, all together. */
export interface UpdatePasses {
  readonly role: 'policy' | 'critic';
  readonly kind: UpdatePass;
  readonly count: PassCount;
}

export interface UpdatedPolicy {
  readonly checkpoint: CheckpointRef;
  /** Metric name → value, as recorded. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What credit rules that wait for the optimizer step made of the tokens (column `tokenWeights`); null where there is no such rule, absent in histories older than them. */
  readonly tokenWeights?: ArtifactRef | null;
  /** Passes over rollouts that it took, for the ledger; absent in histories older than it. */
  readonly passes?: readonly UpdatePasses[];
  /** The kind of machine and the program that computed it. */
  readonly computedBy: ComputedBy;
  /** Where the new policy is warm. */
  readonly workerQueue: string;
}

/** Keeps the batch whose numbers broke the update, which a later attempt would delete, and says where. */
async function keepOffendingBatch(
  artifacts: ArtifactStore,
  error: unknown,
  at: { readonly runId: string; readonly step: number; readonly bytes: Uint8Array },
): Promise<unknown> {
  const isNumeric = error instanceof NonFiniteLossError || error instanceof NonFiniteGradientError;
  if (!isNumeric) return error;
  const path = `runs/${at.runId}/failures/step-${at.step}-{sha}.safetensors`;
  const kept = await artifacts.write(path, at.bytes);
  // Without a cause: of a chain, a run's row tells the innermost message.
  const message = `${error.message}. The batch of step ${at.step} is kept as artifacts/${kept.path} of the home directory`;
  return error instanceof NonFiniteLossError
    ? new NonFiniteLossError(message)
    : new NonFiniteGradientError(message);
}

/** Sums passes by role and kind, in the order in which each was first heard of. */
function createPassMeter() {
  const sums = new Map<string, UpdatePasses>();
  return {
    of:
      (role: UpdatePasses['role']) =>
      (kind: UpdatePass, count: PassCount): void => {
        const before = sums.get(`${role}/${kind}`)?.count ?? noPass;
        sums.set(`${role}/${kind}`, { role, kind, count: addPass(before, count) });
      },
    passes: (): UpdatePasses[] => [...sums.values()],
  };
}

/** Policy first, then the critic where there is one: they share no weights. */
async function updateLive(
  live: LivePolicy,
  context: RunContext,
  work: Pick<UpdateCall, 'batch' | 'step'> & { readonly attempt: Attempt },
): Promise<PolicyUpdate & { readonly passes: readonly UpdatePasses[] }> {
  const { condition, seed } = context.plan;
  const { training } = condition;
  const { scheme } = context;
  const { batch, step, attempt } = work;
  const common = { batch, training, seed, step, onYield: attempt.pause, signal: attempt.signal };
  const { policy, moments, critic } = live;
  const meter = createPassMeter();
  const updated = await updatePolicy({
    ...common,
    onPass: meter.of('policy'),
    policy,
    moments,
    scheme,
    maxNewTokens: context.maxNewTokens,
  });
  const options = findCritic(scheme);
  if (critic === null || options === null) return { ...updated, passes: meter.passes() };
  const taught = await updateCritic({ ...common, onPass: meter.of('critic'), critic, options });
  return { ...updated, metrics: { ...updated.metrics, ...taught }, passes: meter.passes() };
}

/**
 * The optimizer steps of one shaped batch. The live policy is changed in place, so a failed attempt throws it away and
 * the next one starts again from the checkpoint.
 */
export function createUpdate(dependencies: TrainDependencies) {
  return durable(async (input: UpdateInput, attempt): Promise<UpdatedPolicy> => {
    const { artifacts, plans, policies } = dependencies;
    const context = await plans.readRun(input.plan);
    const { runId } = context.plan;
    const bytes = await artifacts.read(input.shaped);
    const taken = await policies.take(input.checkpoint, context.policyConfig);
    const live = findCritic(context.scheme) !== null ? withCritic(taken) : withoutCritic(taken);
    try {
      const batch = requireColumns(decodeRollouts(bytes), shapedColumns, 'an update');
      const work = { batch, step: input.step, attempt };
      const { metrics, tokenWeights, passes } = await updateLive(live, context, work);
      const ruled =
        tokenWeights === null
          ? null
          : await artifacts.write(
              `runs/${runId}/step-${input.step}/ruled-{sha}.safetensors`,
              encodeRollouts(addColumns(batch, { perToken: { tokenWeights } })),
            );
      const checkpoint = await policies.keep(
        live,
        (part) => `runs/${runId}/checkpoint-${input.step + 1}/${part}-{sha}.safetensors`,
      );
      const { computedBy, workerQueue } = dependencies;
      return { checkpoint, metrics, tokenWeights: ruled, passes, computedBy, workerQueue };
    } catch (error) {
      releaseLivePolicy(live);
      throw await keepOffendingBatch(artifacts, error, { runId, step: input.step, bytes });
    }
  });
}
