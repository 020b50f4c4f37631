import { z } from 'zod';

/**
 * What can be held equal between runs: `sampled-tokens`, tokens of the completions that training drew; `flops`, of everything but
 * evaluations and the making of base models; `labels`, problems whose reference the scheme read, summed over the steps.
 */
export const spendingUnitSchema = z.enum(['sampled-tokens', 'flops', 'labels']);
export type SpendingUnit = z.infer<typeof spendingUnitSchema>;

export const budgetSchema = z.strictObject({
  unit: spendingUnitSchema.describe(
    'What is counted: sampled-tokens, flops (evaluations apart) or labels (references read, per step).',
  ),
  at: z.number().positive().describe('Amount at or beyond which no further step begins.'),
});
export type Budget = z.infer<typeof budgetSchema>;

/** Amounts of every unit. */
export type Spending = Readonly<Record<SpendingUnit, number>>;
