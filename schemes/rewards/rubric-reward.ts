import { z } from 'zod';
import type { Reward } from './reward.ts';
import { criteria, rubricScore } from './rubric.ts';

const optionsSchema = z.strictObject({
  weights: z
    .partialRecord(z.enum(criteria), z.number().min(0))
    .default({})
    .describe("Weights that replace the judge's, by criterion; 0 leaves a criterion out."),
});

/** The rubric's weighted share of met criteria as a dense reward in [0, 1]; null when no judge ran or nothing applied. */
export const rubric: Reward<z.infer<typeof optionsSchema>> = {
  name: 'rubric',
  description: 'Weighted share of met criteria in [0, 1].',
  optionsSchema,
  sees: () => 'labels',
  needs: () => ['rubric'],
  score: ({ rubric: judged }, { weights }) =>
    judged === null
      ? null
      : rubricScore(judged.map((entry) => ({ ...entry, weight: weights[entry.criterion] ?? entry.weight }))),
};
