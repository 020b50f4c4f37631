import { scoreArrays } from '../../model/network/score-arrays.ts';
import { scoreDistributions } from '../../model/network/score-distributions.ts';
import { scoreValues } from '../../model/network/score-values.ts';
import type { Policy } from '../../model/network/policy.ts';
import { addColumns, vocabularyOf, type RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { readsTeacher } from '../../schemes/open-scheme.ts';
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

/** `values` [N, T] or [N, T, V] with 0 on padding, which a score leaves undefined. */
function hidePadding(rollouts: RolloutBatch, values: Float32Array): Float32Array {
  const { completionLength, completionLengths, count } = rollouts;
  const width = values.length / count;
  const depth = width / completionLength;
  return values.map((value, at) =>
    at % width < completionLengths[Math.floor(at / width)]! * depth ? value : 0,
  );
}

/** The logprobs [N, T] of the sampled tokens out of those of every token. */
function pickSampled(rollouts: RolloutBatch, distributions: Float32Array): Float32Array {
  const { count, promptLength, completionLength: width, tokens } = rollouts;
  const vocabulary = vocabularyOf(rollouts, distributions);
  return Float32Array.from({ length: count * width }, (_, at) => {
    const token = tokens[Math.floor(at / width) * (promptLength + width) + promptLength + (at % width)]!;
    return distributions[at * vocabulary + token]!;
  });
}

/** What a teacher says of the rollouts: of the sampled tokens, and of all others where a part reads these. */
function scoreByTeacher(
  teacher: Policy,
  context: RunContext,
  rollouts: RolloutBatch,
): Parameters<typeof addColumns>[1] {
  const { training } = context.plan.condition;
  if (!context.scheme.needs.has('teacherDistributions')) {
    const { logprobs } = scoreArrays(teacher, rollouts, training);
    return { perToken: { teacherLogprobs: hidePadding(rollouts, logprobs) } };
  }
  const teacherDistributions = hidePadding(rollouts, scoreDistributions(teacher, rollouts, training));
  const teacherLogprobs = hidePadding(rollouts, pickSampled(rollouts, teacherDistributions));
  return { perToken: { teacherLogprobs }, perVocabulary: { teacherDistributions } };
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
  if (readsTeacher(needs)) {
    const teacher = await policies.borrow(models.teacher!, context.teacherConfig!);
    scored = addColumns(scored, scoreByTeacher(teacher, context, rollouts));
  }
  if (needs.has('values')) {
    const critic = await policies.borrowCritic(models.policy, policyConfig);
    const values = hidePadding(rollouts, scoreValues(critic, rollouts, training));
    scored = addColumns(scored, { perToken: { values } });
  }
  return scored;
}
