import type { Check } from '../../config/check.ts';
import { shareOf, type Hypothesis } from '../../config/hypothesis.ts';
import { formatDifference } from './format-number.ts';
import { describeMargin, unitSuffix } from './hypothesis-text.ts';

export const REASON_TITLE = 'Why these margins and bounds';

/** A number that decides, and the sentence with which the declaration explains it. */
interface StatedReason {
  /** "hypothesis 1, margin 0.03" */
  readonly of: string;
  readonly reason: string;
}

function stateReason(of: string, reason: string | undefined): StatedReason[] {
  return reason === undefined ? [] : [{ of, reason }];
}

/** By hypothesis, then by check; those that the declaration explains. */
export function listReasons(
  hypotheses: readonly Hypothesis[],
  checks: Readonly<Record<string, Check>>,
): StatedReason[] {
  return [
    ...hypotheses.flatMap((hypothesis, i) => {
      const { margin, interest } = hypothesis;
      const place = `hypothesis ${i + 1}`;
      const size = `${interest?.value ?? ''}${unitSuffix(hypothesis)}`;
      const kind = shareOf(hypothesis) === null ? 'margin' : 'share as margin';
      return [
        ...stateReason(`${place}, ${kind} ${describeMargin(hypothesis)}`, margin?.reason),
        ...stateReason(`${place}, effect of interest ${size}`, interest?.reason),
      ];
    }),
    ...Object.entries(checks).flatMap(([name, check]) => {
      const { bound } = check;
      return stateReason(
        `check ${name}, bound ${formatDifference(bound.value)}${unitSuffix(check)}`,
        bound.reason,
      );
    }),
  ];
}
