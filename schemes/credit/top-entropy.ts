import { z } from 'zod';
import type { CreditRule } from './credit-rule.ts';
import { maskTop } from './mask-top.ts';

const optionsSchema = z.strictObject({
  share: z.number().gt(0).max(1).default(0.2).describe('Share of the tokens that carry policy gradient.'),
});

/** Of each optimizer batch, by the policy's entropies before its step, in TRL's form. */
export const topEntropy: CreditRule<z.infer<typeof optionsSchema>> = {
  name: 'top-entropy',
  description: 'Only the tokens of highest entropy under the policy as it is carry policy gradient.',
  source: 'Beyond the 80/20 rule, arXiv 2506.01939',
  optionsSchema,
  rule: ({ current, tokenMask, tokenWeights }, { share }) => {
    const isTop = maskTop(current().entropies, tokenMask, share);
    return { tokenWeights: tokenWeights.map((weight, at) => weight * isTop[at]!) };
  },
};
