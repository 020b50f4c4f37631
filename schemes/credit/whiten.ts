import { z } from 'zod';
import { measureSpread, SCALE_EPSILON } from '../comparisons/comparison.ts';
import { requireAdvantages, requireCredit } from './credit-order-error.ts';
import type { CreditRule } from './credit-rule.ts';
import { whitenTokens } from './returns.ts';

const optionsSchema = z.strictObject({
  over: z
    .enum(['tokens', 'rollouts'])
    .default('tokens')
    .describe(
      "What is standardised over the whole batch: the credit of all tokens (REINFORCE++, PPO; put it last), or the rollouts' advantages (TRL's normalize_advantages; put it first).",
    ),
});

/** (A − mean) / (std + 1e-4) of the scored rollouts' advantages, ddof 1. [N] */
function standardize(advantages: Float32Array, isScored: readonly boolean[]): Float32Array {
  const scored = [...advantages.keys()].filter((row) => isScored[row]);
  const { mean, deviation } = measureSpread(scored.map((row) => advantages[row]!));
  const placed = new Float32Array(advantages.length);
  for (const row of scored) placed[row] = (advantages[row]! - mean) / (deviation + SCALE_EPSILON);
  return placed;
}

/** Standardises over the whole batch, tokens by (x − mean) / √(variance + 1e-8), rollouts by (A − mean) / (std + 1e-4). */
export const whiten: CreditRule<z.infer<typeof optionsSchema>> = {
  name: 'whiten',
  description: 'Standardise over the whole batch.',
  source: 'REINFORCE++, arXiv 2501.03262; PPO as in verl',
  optionsSchema,
  shape: (state, { scored, isScored }, { over }) => {
    if (over === 'rollouts') {
      const advantages = requireAdvantages(state, 'credit rule whiten over rollouts');
      return { ...state, advantages: standardize(advantages, isScored) };
    }
    return {
      ...state,
      credit: whitenTokens(scored, requireCredit(state, 'credit rule whiten')),
      isUniform: false,
    };
  },
};
