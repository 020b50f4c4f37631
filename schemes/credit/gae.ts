import { z } from 'zod';
import { requireColumns } from '../../rollouts/rollout-batch.ts';
import type { StepMetric } from '../../config/part.ts';
import type { CreditRule } from './credit-rule.ts';
import { klInReward, measurePenalty } from './kl-in-reward.ts';
import { estimateAdvantages, placeTokenRewards } from './returns.ts';

const optionsSchema = z.strictObject({
  gamma: z.number().min(0).max(1).default(1).describe('Discount per token.'),
  lambda: z.number().min(0).max(1).default(1).describe('Decay per token of the advantages.'),
  klInReward,
  learningRateFactor: z
    .number()
    .positive()
    .default(10)
    .describe("The critic's learning rate over the policy's."),
  valueClip: z
    .number()
    .positive()
    .nullable()
    .default(0.5)
    .describe(
      'A value may leave the one recorded when sampling by this much before its loss stops falling; null: no clip.',
    ),
});

const metrics: readonly StepMetric[] = [
  { name: 'critic/loss', unit: 'squared reward', description: 'value loss of the critic' },
  {
    name: 'critic/gradient_norm',
    unit: 'norm',
    description: "global norm of the critic's gradient before clipping",
  },
  {
    name: 'critic/explained_variance',
    unit: 'fraction',
    description:
      '1 − variance of (return − value) / variance of the returns, with the values recorded when sampling',
  },
];

/** As `return`, less the values of a critic by generalised advantage estimation. */
export const gae: CreditRule<z.infer<typeof optionsSchema>> = {
  name: 'gae',
  description: 'As return, less the values of a critic that is trained beside the policy.',
  source: 'PPO, arXiv 1707.06347; GAE, arXiv 1506.02438',
  optionsSchema,
  metrics,
  needs: (options) => ['values', ...(options.klInReward > 0 ? (['referenceLogprobs'] as const) : [])],
  critic: ({ learningRateFactor, valueClip }) => ({ learningRateFactor, valueClip }),
  shape: (state, { batch, scored }, { gamma, lambda, klInReward: beta }) => {
    const penalty = measurePenalty(batch, beta, 'option klInReward of credit rule gae');
    const tokenRewards = placeTokenRewards(scored, state.advantages, penalty);
    const needed = { perToken: ['values'], perRollout: [] } as const;
    const { values } = requireColumns(batch, needed, 'credit rule gae').perToken;
    const { advantages: credit, returns } = estimateAdvantages(
      scored,
      { tokenRewards, values },
      { gamma, lambda },
    );
    const targets = { returns: Float32Array.from(returns), valueMask: Float32Array.from(scored.tokenMask) };
    return { ...state, credit, isUniform: false, targets };
  },
};
