import { z } from 'zod';
import { needJudge, type Judgement } from '../judges/judge.ts';
import type { Reward } from './reward.ts';

const optionsSchema = z.strictObject({
  judge: z
    .string()
    .default('checks')
    .describe('The judge whose findings count, with its options in `judges`.'),
  weights: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe("Weights that replace the judge's, by item; 0 leaves an item out."),
});

/**
 * Weighted mean of the scores among what applies; null when nothing does, when all weigh 0, or when something that counts could not be
 * judged: what fails is neither met nor unmet.
 */
function meanScore(found: readonly Judgement[]): number | null {
  let met = 0;
  let applicable = 0;
  for (const { outcome, score, weight } of found) {
    if (outcome === 'not-applicable' || weight === 0) continue;
    if (score === null) return null;
    applicable += weight;
    met += weight * score;
  }
  return applicable === 0 ? null : met / applicable;
}

/** What a judge found as a dense reward, in [0, 1] where its scores are; null when no judge ran. */
export const rubric: Reward<z.infer<typeof optionsSchema>> = {
  name: 'rubric',
  description: "Weighted mean of a judge's scores: the share of met criteria in [0, 1].",
  optionsSchema,
  needs: ({ judge }) => [needJudge(judge)],
  findFault: ({ judge, weights }, { judges }) => {
    const items = judges.find(({ name }) => name === judge)?.items ?? null;
    const stranger = Object.keys(weights).find((item) => items?.includes(item) === false);
    return stranger === undefined
      ? null
      : `judge ${judge} does not judge "${stranger}", which weights name; it judges ${items!.join(', ')}`;
  },
  score: ({ judgements }, { judge, weights }) => {
    const found = judgements[judge];
    return found === undefined
      ? null
      : meanScore(found.map((one) => ({ ...one, weight: weights[one.item] ?? one.weight })));
  },
};
