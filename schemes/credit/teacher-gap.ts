import { z } from 'zod';
import { requireColumns } from '../../rollouts/rollout-batch.ts';
import type { CreditRule } from './credit-rule.ts';
import { discountRewards } from './returns.ts';

const optionsSchema = z.strictObject({
  weight: z.number().min(0).default(1).describe('Factor of the gap.'),
  gamma: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Discount per token of the gaps that follow; 0: a token answers for its own.'),
});

/**
 * Adds weight · Σ_{s≥t} gamma^{s−t} · (teacher − behavior logprob)_s to what each token has been credited with so far, nothing where this
 * is the first rule. With gamma 0 alone it is on-policy distillation as RL: the gradient of the reverse KL to the teacher per token, by its
 * one-sample estimate.
 *
 * @example credit: ['spread', { name: 'teacher-gap', options: { weight: 0.5 } }]
 */
export const teacherGap: CreditRule<z.infer<typeof optionsSchema>> = {
  name: 'teacher-gap',
  description:
    'Adds to each token how much likelier the teacher finds it than the policy that drew it, nats.',
  source: 'GKD, arXiv 2306.13649; MiniLLM, arXiv 2306.08543',
  optionsSchema,
  needs: () => ['teacherLogprobs'],
  shape: (state, { batch, scored }, { weight, gamma }) => {
    const needed = { perToken: ['teacherLogprobs'], perRollout: [] } as const;
    const { teacherLogprobs } = requireColumns(batch, needed, 'credit rule teacher-gap').perToken;
    const { logprobs } = batch.perToken;
    const gaps = logprobs.map((logprob, at) => weight * (teacherLogprobs[at]! - logprob));
    const gained = discountRewards(scored, gaps, gamma);
    const credit = gained.map((gap, at) => gap + (state.credit?.[at] ?? 0));
    return { ...state, credit, isUniform: false };
  },
};
