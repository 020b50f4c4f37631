import type { Policy } from '../../model/network/policy.ts';
import { scoreArrays, type ScoreArrays } from '../../model/network/score-arrays.ts';
import { scoreValues } from '../../model/network/score-values.ts';
import type { TokenBatch } from '../../model/network/token-batch.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import type { TrainingPlan } from '../../config/training.ts';

function toTokenBatch(rollouts: RolloutBatch<never>): TokenBatch {
  const { count, promptLength, promptStarts, completionLengths, tokens } = rollouts;
  return {
    count,
    promptLength,
    length: promptLength + rollouts.completionLength,
    tokens,
    promptStarts,
    lengths: completionLengths.map((length) => promptLength + length),
  };
}

/** Scores [N, T] of all completions under `policy`, without a gradient; what stands at padding means nothing. */
export function scoreRollouts(
  policy: Policy,
  rollouts: RolloutBatch<never>,
  { temperature, microBatch }: Pick<TrainingPlan, 'temperature' | 'microBatch'>,
): ScoreArrays {
  return scoreArrays(policy, toTokenBatch(rollouts), {
    from: rollouts.promptLength,
    temperature,
    microBatch,
  });
}

/** Values [N, T] of the states before the tokens of all completions; what stands at padding means nothing. */
export function valueRollouts(
  critic: Policy,
  rollouts: RolloutBatch<never>,
  { microBatch }: Pick<TrainingPlan, 'microBatch'>,
): Float32Array {
  return scoreValues(critic, toTokenBatch(rollouts), { from: rollouts.promptLength, microBatch });
}
