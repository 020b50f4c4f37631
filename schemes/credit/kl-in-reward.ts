import { z } from 'zod';
import { requireColumns, type RolloutBatch } from '../../rollouts/rollout-batch.ts';
import type { KlPenalty } from './returns.ts';

/** The option of rules whose tokens have rewards of their own. */
export const klInReward = z
  .number()
  .min(0)
  .default(0)
  .describe(
    'Weight of the KL to the reference policy (k1, as sampled) that is taken off the reward, token by token.',
  );

/** @throws MissingColumnError when there is a weight and no reference logprobs were recorded */
export function measurePenalty(batch: RolloutBatch, beta: number, asker: string): KlPenalty {
  const { logprobs } = batch.perToken;
  if (beta === 0) return { beta, behaviorLogprobs: logprobs, referenceLogprobs: logprobs };
  const needed = { perToken: ['referenceLogprobs'], perRollout: [] } as const;
  const { referenceLogprobs } = requireColumns(batch, needed, asker).perToken;
  return { beta, behaviorLogprobs: logprobs, referenceLogprobs };
}
