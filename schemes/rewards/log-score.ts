import { z } from 'zod';
import type { Reward } from './reward.ts';
import { scoreConfidence, scoringShape } from './stated-confidence.ts';

const optionsSchema = z.strictObject({
  ...scoringShape,
  clamp: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .describe('Confidences are kept this far from 0 and 1, where the logarithm would have no bound.'),
});

/**
 * The logarithmic score beside the Brier score, a control for RLCR (arXiv 2507.16806): penalty −log P / −log ε in [0, 1],
 * with P = q for a correct and 1 − q for a wrong answer, q kept in [ε, 1 − ε]. The logarithmic rule is proper too and
 * punishes confident errors more; within the clamp all confidences score alike.
 */
export const logScore: Reward<z.infer<typeof optionsSchema>> = {
  name: 'log-score',
  description: 'Outcome minus logarithmic error of the stated confidence.',
  source: 'control for RLCR, arXiv 2507.16806',
  optionsSchema,
  sees: () => 'labels',
  needs: () => ['statedConfidence'],
  score: (input, options) =>
    scoreConfidence(input, options, (q, c) => {
      const kept = Math.min(Math.max(q, options.clamp), 1 - options.clamp);
      return Math.log(c === 1 ? kept : 1 - kept) / Math.log(options.clamp);
    }),
};
