import { z } from 'zod';
import { MissingSignalError, type Reward } from './reward.ts';

/**
 * −Σ_t (behavior − reference logprob), the KL to the reference policy as sampled (k1), negated: r + weight · this is the reward
 * with RLOO's penalty in it.
 *
 * @throws MissingSignalError when no reference logprobs were recorded
 */
export const referenceKl: Reward<object> = {
  name: 'reference-kl',
  description:
    'Minus the KL of the rollout to the reference policy (k1, as sampled); its weight is the penalty.',
  source: 'Back to Basics, arXiv 2402.14740',
  optionsSchema: z.strictObject({}),
  needs: () => ['referenceLogprobs'],
  score: ({ referenceGap }) => {
    if (referenceGap !== null) return -referenceGap;
    throw new MissingSignalError('reference-kl', 'the logprobs of the reference policy', {
      mend: 'sample again with this scheme, which records them',
    });
  },
};
