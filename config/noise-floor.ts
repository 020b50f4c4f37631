import { z } from 'zod';

/** What `assay compare --same --json` prints, and `--noise` reads. */
export const noiseFloorSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('noise-floor'),
  arm: z.string(),
  split: z.string(),
  measure: z.enum(['pass@1', 'mean score']),
  runs: z.number().int().min(2),
  problems: z.number().int().min(2),
  level: z.number().describe('Mean score of all runs, as lowest and highest a fraction.'),
  lowest: z.number(),
  highest: z.number(),
  spread: z.number().min(0).describe('Standard deviation of a run’s mean score on these problems.'),
  spreadInterval: z.strictObject({ low: z.number(), high: z.number(), level: z.number() }),
  betweenRuns: z
    .number()
    .min(0)
    .describe('Variance of a run’s mean score without what the samples of these problems add.'),
  swallowed: z.number().min(0).describe('Two single runs of this recipe differ by less in 95 of 100 pairs.'),
  files: z.array(z.strictObject({ file: z.string(), sha256: z.string() })),
});
export type NoiseFloorDocument = z.infer<typeof noiseFloorSchema>;
