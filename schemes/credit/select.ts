import { z } from 'zod';
import { signals } from '../signals/index.ts';
import type { CreditRule } from './credit-rule.ts';
import { maskTop } from './mask-top.ts';

const optionsSchema = z.strictObject({
  by: z.string().default('entropy').describe('The signal that tokens are chosen by.'),
  keep: z
    .enum(['top', 'bottom'])
    .default('top')
    .describe('Whether its highest or its lowest values are kept.'),
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.2)
    .describe("Share of the step's counted tokens that keep their whole policy gradient."),
  rest: z.number().min(0).default(0).describe('What the policy gradient of the others is multiplied by.'),
});

/** Chosen once per step, from what was recorded when sampling; the weights are stored with the rollouts. */
export const select: CreditRule<z.infer<typeof optionsSchema>> = {
  name: 'select',
  description:
    'Tokens where a signal is highest, or lowest, carry the policy gradient; the others a part of it.',
  source: 'Beyond the 80/20 rule, arXiv 2506.01939',
  optionsSchema,
  needs: ({ by }) => {
    const { part, options } = signals.open(by);
    return part.needs?.(options) ?? [];
  },
  shape: (state, { batch, tokenMask }, { by, keep, share, rest }) => {
    const { part, options } = signals.open(by);
    const values = part.read(batch, options);
    const ranked = keep === 'top' ? values : values.map((value) => -value);
    const isKept = maskTop(ranked, tokenMask, share);
    const before = state.tokenWeights ?? tokenMask;
    return {
      ...state,
      tokenWeights: before.map((weight, at) => (isKept[at] === 1 ? weight : weight * rest)),
    };
  },
};
