import { z } from 'zod';
import type { CreditRule } from './credit-rule.ts';
import { klInReward, measurePenalty } from './kl-in-reward.ts';
import { discountRewards, placeTokenRewards } from './returns.ts';

const optionsSchema = z.strictObject({
  gamma: z.number().min(0).max(1).default(1).describe('Discount per token.'),
  klInReward,
});

/** R_t = reward_t + gamma · R_{t+1}, reward_t = −klInReward · (behavior − reference logprob), + the advantage on the last token. */
export const returns: CreditRule<z.infer<typeof optionsSchema>> = {
  name: 'return',
  description: 'The advantage is a reward of the last token; a token gets the discounted return from it on.',
  source: 'REINFORCE++, arXiv 2501.03262',
  optionsSchema,
  needs: (options) => (options.klInReward > 0 ? ['referenceLogprobs'] : []),
  shape: (state, { batch, scored }, { gamma, klInReward: beta }) => {
    const penalty = measurePenalty(batch, beta, 'option klInReward of credit rule return');
    const rewards = placeTokenRewards(scored, state.advantages, penalty);
    return { ...state, credit: discountRewards(scored, rewards, gamma), isUniform: false };
  },
};
