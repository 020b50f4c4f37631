import { z } from 'zod';
import type { Reward } from './reward.ts';
import { scoreConfidence, scoringShape } from './stated-confidence.ts';

const optionsSchema = z.strictObject(scoringShape);

/**
 * R = c − (q − c)² for a stated confidence q and outcome c (RLCR, arXiv 2507.16806), or the Brier score 1 − (q − c)²; 0
 * when no confidence is stated. Highest in expectation when q is the chance of being right.
 *
 * A wrong answer gets −q², less than a broken format's 0. The authors' code adds ½ format + ½ accuracy + ½ Brier score, all
 * 0 when the format fails: that is `formatCredit: 2` at weight 0.5, which scheme `rlcr` uses.
 */
export const brier: Reward<z.infer<typeof optionsSchema>> = {
  name: 'brier',
  description: 'Outcome minus squared error of the stated confidence.',
  source: 'RLCR, arXiv 2507.16806',
  optionsSchema,
  sees: () => 'labels',
  needs: () => ['statedConfidence'],
  score: (input, options) => scoreConfidence(input, options, (q, c) => (q - c) ** 2),
};
