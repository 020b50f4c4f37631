import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { Hypothesis } from '../../config/hypothesis.ts';
import { AS_TOLD, scoreFrom, scoreWithin, type Scoring } from '../../reports/imports/scoring.ts';

/** Options of `assay compare` that imported results have. */
export interface CompareOptions {
  readonly home: string;
  readonly json?: boolean;
  readonly baseline?: string;
  readonly split?: readonly string[];
  readonly pair: 'prompt' | 'id';
  readonly cluster: 'told' | 'problem';
  readonly k: readonly number[];
  readonly alternative: Hypothesis['alternative'];
  readonly margin?: number;
  readonly interest?: number;
  readonly scorer?: string;
  readonly field?: Readonly<Record<string, string>>;
  readonly threshold?: number;
  readonly range?: readonly [low: number, high: number];
  readonly clean?: string;
  readonly contaminated?: string;
  readonly noise?: string;
  readonly same?: boolean;
  readonly plan?: boolean;
  readonly effect: number;
  readonly power: number;
  readonly markdown?: boolean;
  readonly output?: string;
}

/** @throws InvalidSpecError when two options cannot both hold */
export function readScoring({ threshold, range }: CompareOptions): Scoring {
  if (threshold !== undefined && range !== undefined)
    throw new InvalidSpecError('--threshold and --range both say what a score counts as; give one');
  if (threshold !== undefined) return scoreFrom(threshold);
  return range === undefined ? AS_TOLD : scoreWithin(...range);
}

/** @throws InvalidSpecError when the margin does not fit the alternative */
export function assertQuestion({ alternative, margin, interest }: CompareOptions): void {
  const needsMargin = alternative === 'noninferior' || alternative === 'equivalent';
  if (needsMargin && (margin === undefined || margin === 0))
    throw new InvalidSpecError(
      `--alternative ${alternative} needs --margin, the largest difference that does not matter, such as --margin 0.02`,
    );
  if (needsMargin && interest !== undefined)
    throw new InvalidSpecError(
      `--interest belongs to greater and less; of ${alternative} the margin is the smallest effect of interest`,
    );
}
