import { z } from 'zod';

export const outcomeSchema = z
  .enum(['supported', 'contradicted', 'no-effect', 'underpowered', 'not-tested', 'pending'])
  .describe(
    'supported, contradicted: the claim or its opposite is shown; no-effect: the effect is shown to be too small to matter; ' +
      'underpowered: neither, more runs may tell; not-tested: what the claim presupposes did not hold, so that no number answers it; ' +
      'pending: not all runs are completed.',
  );
/** What a report says of a hypothesis. */
export type Outcome = z.infer<typeof outcomeSchema>;

/** What a command that prints outcomes exits with. 1, 2 and 130 keep their meaning: a fault, bad input, interrupted. */
const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  supported: 0,
  contradicted: 10,
  'no-effect': 11,
  underpowered: 12,
  'not-tested': 13,
  pending: 14,
};

/**
 * Of several hypotheses the first of these counts: what is decided against the claim before what is not decided, and there what more
 * runs cannot mend before what they may.
 */
const WORST_FIRST: readonly Outcome[] = [
  'contradicted',
  'no-effect',
  'not-tested',
  'underpowered',
  'pending',
  'supported',
];

/** The one that counts of several; null of none. */
export function worstOutcome(outcomes: readonly Outcome[]): Outcome | null {
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? null;
}

/** @throws RangeError when there is no outcome: nothing was asked, so no code answers */
export function exitCodeOfOutcomes(outcomes: readonly Outcome[]): number {
  const worst = worstOutcome(outcomes);
  if (worst === null) throw new RangeError('an exit code needs at least one outcome, found none');
  return EXIT_CODES[worst];
}
