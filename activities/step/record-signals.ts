import { scoreArrays } from '../../model/network/score-arrays.ts';
import { scoreValues } from '../../model/network/score-values.ts';
import { addColumns, type RolloutBatch } from '../../rollouts/rollout-batch.ts';
import type { CheckpointRef } from '../../config/plan.ts';
import type { LivePolicies } from './live-policies.ts';
import type { RunContext } from '../run/run-context.ts';

/** The models of a training step, by role. */
export interface StepModels {
  /** Samples and is trained; the critic stands beside it. */
  readonly policy: CheckpointRef;
  /** What KL penalties are measured from. */
  readonly reference: CheckpointRef;
  /** Absent where no part reads one. */
  readonly teacher?: CheckpointRef;
}

/** `values` [N, T] with 0 on padding, which a score leaves undefined. */
function hidePadding(rollouts: RolloutBatch, values: Float32Array): Float32Array {
  const { completionLength: width, completionLengths } = rollouts;
  return values.map((value, at) => (at % width < completionLengths[Math.floor(at / width)]! ? value : 0));
}

/**
 * Training rollouts with the logprobs of reference and teacher and the values that their scheme needs, recorded before they are shaped, so that
 * shaping is arithmetic on stored numbers. Models are borrowed one after the other: the cache may hold but one.
 */
export async function recordSignals(
  policies: LivePolicies,
  context: RunContext,
  { rollouts, models }: { readonly rollouts: RolloutBatch; readonly models: StepModels },
): Promise<RolloutBatch> {
  const { training } = context.plan.condition;
  const { policyConfig, scheme } = context;
  const { needs } = scheme;
  let scored = rollouts;
  if (needs.has('referenceLogprobs')) {
    const reference = await policies.borrow(models.reference, policyConfig);
    const { logprobs } = scoreArrays(reference, rollouts, training);
    scored = addColumns(scored, { perToken: { referenceLogprobs: hidePadding(rollouts, logprobs) } });
  }
  if (needs.has('teacherLogprobs')) {
    const teacher = await policies.borrow(models.teacher!, context.teacherConfig!);
    const { logprobs } = scoreArrays(teacher, rollouts, training);
    scored = addColumns(scored, { perToken: { teacherLogprobs: hidePadding(rollouts, logprobs) } });
  }
  if (needs.has('values')) {
    const critic = await policies.borrowCritic(models.policy, policyConfig);
    const values = hidePadding(rollouts, scoreValues(critic, rollouts, training));
    scored = addColumns(scored, { perToken: { values } });
  }
  return scored;
}
