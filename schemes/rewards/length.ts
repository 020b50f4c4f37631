import { z } from 'zod';
import type { Reward } from './reward.ts';

const optionsSchema = z.strictObject({
  bufferShare: z
    .number()
    .gt(0)
    .max(1)
    .default(0.2)
    .describe('Share of the longest completion over which the penalty grows from 0 to −1.'),
});

/**
 * Soft overlong penalty in [−1, 0] (DAPO, arXiv 2503.14476): with L tokens, limit M and buffer C = bufferShare · M it is
 * 0 up to M − C, then (M − C − L) / C, and −1 beyond M. The paper has M = 20480, C = 4096.
 */
export const length: Reward<z.infer<typeof optionsSchema>> = {
  name: 'length',
  description: '0 up to a soft limit, then linearly down to −1.',
  source: 'DAPO, arXiv 2503.14476',
  optionsSchema,
  score: ({ tokenCount, maxTokens }, { bufferShare }) => {
    const buffer = bufferShare * maxTokens;
    const excess = tokenCount - (maxTokens - buffer);
    return excess <= 0 ? 0 : -Math.min(excess / buffer, 1);
  },
};
