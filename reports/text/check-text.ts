import { shareOf, type Hypothesis } from '../../config/hypothesis.ts';
import type { CheckEvidence } from '../../stats/significance/weigh-check.ts';
import { isMeasuredCheck, type CheckRow } from '../verdicts/weigh-checks.ts';
import { formatDifference, formatInterval } from './format-number.ts';
import { describeComparison, describeMetric, unitSuffix } from './hypothesis-text.ts';

export const CHECK_RULE =
  'Fixed before the run, and no part of Holm’s family: a check holds when the mean difference (without a control the level) lies ' +
  'beyond its bound with its one-sided 95% bound, an end of the 90% interval; with one pair of runs, when the value itself does. A ' +
  'hypothesis that requires a check which failed or could not be measured is not-tested.';

const KINDS = { 'positive-control': 'positive control', manipulation: 'manipulation check' };

export function describeKind({ check }: CheckRow): string {
  return KINDS[check.kind];
}

/** "+0.010 (90% interval −0.030 to +0.050)"; with one pair the value alone, and that it is. */
function describeEvidence({ value, low, high }: CheckEvidence, unit: string): string {
  const around =
    low === null || high === null
      ? 'one pair of runs, no interval'
      : `90% interval ${formatInterval({ low, high })}`;
  return `${formatDifference(value)}${unit} (${around})`;
}

/** What was measured; why nothing was. */
export function describeCheckValue(row: CheckRow): string {
  return isMeasuredCheck(row) ? describeEvidence(row.evidence, unitSuffix(row.check)) : row.reason;
}

/** "above +0.100" */
export function describeBound({ check }: CheckRow): string {
  const side = check.alternative === 'greater' ? 'above' : 'below';
  return `${side} ${formatDifference(check.bound.value)}${unitSuffix(check)}`;
}

/** "ground-truth − base in pass@1 on clean" */
export function describeChecked({ check }: CheckRow): string {
  const { metric, controlMetric } = check;
  const subtracted = controlMetric === undefined ? '' : ` − ${describeMetric(controlMetric)}`;
  return `${describeComparison(check)} in ${describeMetric(metric)}${subtracted}`;
}

/** Why a check lets nothing that requires it be tested: its sentence and its numbers. */
export function describeFailedCheck(row: CheckRow): string {
  const outcome = row.state === 'failed' ? 'failed' : 'could not be measured';
  return (
    `${describeKind(row)} “${row.name}” ${outcome}: ${row.check.says} ` +
    `${describeChecked(row)}: ${describeCheckValue(row)}, needed ${describeBound(row)}`
  );
}

/** Why a share of a positive control's effect is no margin. */
export function describeFailedControl(hypothesis: Hypothesis, control: CheckEvidence): string {
  const { share, of } = shareOf(hypothesis)!;
  return (
    `the margin is ${share} of what ${of.treatment} gains over ${of.control}, and that gain is not shown to be above 0: ` +
    describeEvidence(control, unitSuffix(hypothesis))
  );
}
