import { z } from 'zod';
import type { RewardInput } from './reward.ts';

/** Options that both proper scoring rules share. */
export const scoringShape = {
  includesOutcome: z
    .boolean()
    .default(true)
    .describe('Add the outcome c itself (R = c − penalty); off: the score alone, 1 − penalty.'),
  formatCredit: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'Added for a readable answer with a stated confidence; from 1 on a broken format never beats a wrong answer.',
    ),
};

/**
 * What a scoring rule makes of one rollout: formatCredit + c − penalty, or formatCredit + 1 − penalty, where c is 1 for a
 * correct answer; 0 when no confidence is stated beside a readable answer, null when the answer could not be checked.
 *
 * @param penalty of confidence q and outcome c, in [0, 1]
 */
export function scoreConfidence(
  { verdict, statedConfidence }: RewardInput,
  options: { readonly includesOutcome: boolean; readonly formatCredit: number },
  penalty: (q: number, c: 0 | 1) => number,
): number | null {
  if (verdict.outcome === 'unverifiable') return null;
  if (verdict.outcome === 'malformed' || statedConfidence === null) return 0;
  const c = verdict.outcome === 'correct' ? 1 : 0;
  return options.formatCredit + (options.includesOutcome ? c : 1) - penalty(statedConfidence, c);
}
