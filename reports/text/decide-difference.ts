/** What the interval and the corrected p-value allow to say. */
export type DifferenceKind = 'better' | 'worse' | 'suggestive' | 'no-evidence';

/** Errors of a family of comparisons are held to this rate. */
const ALPHA = 0.05;

interface Weighed {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly holmP: number;
}

export function decideDifference({ low, high, holmP, difference }: Weighed): DifferenceKind {
  if (low <= 0 && high >= 0) return 'no-evidence';
  if (holmP > ALPHA) return 'suggestive';
  return difference > 0 ? 'better' : 'worse';
}
