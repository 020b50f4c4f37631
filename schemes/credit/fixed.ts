import { z } from 'zod';
import { signals } from '../signals/index.ts';
import type { CreditRule } from './credit-rule.ts';
import { maskTop } from './mask-top.ts';

const optionsSchema = z.strictObject({
  by: z.string().default('surprisal').describe('The signal that tokens are chosen by.'),
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe('Share of the step’s counted tokens, those of its highest values, that get the credit.'),
  value: z
    .number()
    .default(-1)
    .describe('What is added to the credit of each of them; the others keep what they have.'),
});

/**
 * One number for every chosen token, whatever its rollout came to. With its defaults alone it makes the tokens less likely that were
 * unlikely when they were drawn, without teacher, label or reward: the control of on-policy distillation.
 *
 * @example credit: [{ name: 'fixed', options: { share: 0.05, value: -1 } }]
 */
export const fixed: CreditRule<z.infer<typeof optionsSchema>> = {
  name: 'fixed',
  description: 'Adds one number to the credit of the tokens where a signal is highest.',
  source: 'arXiv 2608.31046 (abstract): one negative advantage for tokens of low probability',
  optionsSchema,
  needs: ({ by }) => {
    const { part, options } = signals.open(by);
    return part.needs?.(options) ?? [];
  },
  shape: (state, { batch, scored }, { by, share, value }) => {
    const { part, options } = signals.open(by);
    const isChosen = maskTop(part.read(batch, options), Float32Array.from(scored.tokenMask), share);
    const credit = Float64Array.from(isChosen, (chosen, at) => chosen * value + (state.credit?.[at] ?? 0));
    return { ...state, credit, isUniform: false };
  },
};
