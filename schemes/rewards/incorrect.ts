import { z } from 'zod';
import type { Reward } from './reward.ts';

const optionsSchema = z.strictObject({
  rewardsMalformed: z
    .boolean()
    .default(false)
    .describe('Also reward completions without a readable answer, which makes it exactly 1 − verifier.'),
});

/** The inverted arm: 1 for a well-formed wrong answer, 0 for a correct one, null when the check could not decide. */
export const incorrect: Reward<z.infer<typeof optionsSchema>> = {
  name: 'incorrect',
  description: '1 for a wrong answer, 0 for the right one: the inverted arm.',
  optionsSchema,
  sees: () => 'labels',
  score: ({ verdict }, { rewardsMalformed }) => {
    if (verdict.outcome === 'unverifiable') return null;
    if (verdict.outcome === 'malformed') return Number(rewardsMalformed);
    return verdict.outcome === 'incorrect' ? 1 : 0;
  },
};
