import { z } from 'zod';
import type { CreditRule } from './credit-rule.ts';

/** Spreads each rollout's advantage over the tokens that count: the policy learns from what it wrote itself. */
export const spread: CreditRule<object> = {
  name: 'spread',
  description: "Every token gets its rollout's advantage.",
  optionsSchema: z.strictObject({}),
  shape: (state, { batch, tokenMask }) => {
    const width = batch.completionLength;
    const credit = tokenMask.map((counts, at) =>
      counts === 0 ? 0 : state.advantages[Math.floor(at / width)]!,
    );
    return { ...state, credit, isUniform: true };
  },
};
