import type { Hypothesis, HypothesisMetric } from '../../config/hypothesis.ts';
import { unitOfMetric } from '../../config/hypothesis.ts';
import { countNoun } from './count-noun.ts';
import { formatDifference, formatInterval, formatP, formatScore } from './format-number.ts';
import { isDecided, type DecidedRow, type VerdictRow } from '../verdicts/verdict-table.ts';

/** The rule of docs/metrics.md, section 4, in the words of the report. */
export const DECISION_RULE =
  'Fixed before the run: supported when the one-sided p of the claim, Holm-corrected over all hypotheses of the experiment, ' +
  'is at most 0.05; contradicted when the same holds for its opposite; else inconclusive. Pairs share base seed, RL seed and ' +
  'problem. p and the 95% interval come from the spread of the base models (of the seeds where there is one base) and of the ' +
  'problems, with t quantiles for so few; the hierarchical bootstrap and the sign-flip tests stand beside them in verdicts.csv. ' +
  'Equivalence takes two one-sided tests. Nothing is decided before all runs of both conditions are completed. Void where arms that were ' +
  'to spend alike did not, by the ledger.';

export function describeMetric(metric: HypothesisMetric): string {
  switch (metric.name) {
    case 'pass@k':
      return `pass@${metric.k} on ${metric.split}`;
    case 'maj@k':
      return `maj@${metric.k} on ${metric.split}`;
    case 'format-share':
      return `share of format ${metric.format} on ${metric.split}`;
    case 'step':
      return `${metric.metric}, ${{ last: 'last step', 'last-quarter': 'last quarter of the steps', mean: 'all steps' }[metric.over]}`;
    case 'probe':
      return `${metric.probe} ${metric.metric}${metric.split === null ? '' : ` on ${metric.split}`}`;
  }
}

/** "grpo above base in pass@1 on clean", with the margin. */
export function describeTest(hypothesis: Hypothesis): string {
  const { treatment, control, metric, controlMetric, alternative, margin } = hypothesis;
  const left = controlMetric === undefined ? treatment : `${treatment} (${describeMetric(metric)})`;
  const right = controlMetric === undefined ? control : `${control} (${describeMetric(controlMetric)})`;
  const what = controlMetric === undefined ? ` in ${describeMetric(metric)}` : '';
  const size = margin === undefined ? '' : `${margin.value}${unitSuffix(hypothesis)}`;
  const beyond = size === '' ? '' : ` by more than ${size}`;
  const relation = {
    greater: `above ${right}${beyond}`,
    less: `below ${right}${beyond}`,
    noninferior: `at most ${size} below ${right}`,
    equivalent: `within ${size} of ${right}`,
  }[alternative];
  return `${left} ${relation}${what}`;
}

/** "grpo − base" and what is subtracted, for a figure's narrow rows. */
export function describeSides({ treatment, control, metric, controlMetric }: Hypothesis): {
  readonly sides: string;
  readonly metric: string;
} {
  const subtracted = controlMetric === undefined ? '' : ` − ${describeMetric(controlMetric)}`;
  return { sides: `${treatment} − ${control}`, metric: `${describeMetric(metric)}${subtracted}` };
}

/** Fractions go without a unit. */
export function unitSuffix({ metric }: Hypothesis): string {
  const unit = unitOfMetric(metric);
  return unit === 'fraction' ? '' : ` ${unit}`;
}

export function describeEffect({ evidence, hypothesis }: DecidedRow): string {
  return `${formatDifference(evidence.effect)}${unitSuffix(hypothesis)} (${formatInterval(evidence)})`;
}

/** "3 bases × 2 seeds, 96 problems"; one base is no level, and the row says so. */
export function describeSize({ evidence }: DecidedRow): string {
  const { bases, pairs, problems } = evidence;
  const runs =
    bases === 1
      ? `1 base only, ${countNoun(pairs, 'seed')}`
      : pairs % bases === 0
        ? `${bases} bases × ${countNoun(pairs / bases, 'seed')}`
        : `${pairs} runs of ${bases} bases`;
  return problems === 1 ? `${runs}, one number per run` : `${runs}, ${problems} problems`;
}

/** Holm's p of what was decided: of the opposite where the claim is contradicted. */
export function describeP({ verdict, holmSupportP, holmContradictP }: DecidedRow): string {
  return verdict === 'contradicted' ? `${formatP(holmContradictP)} (opposite)` : formatP(holmSupportP);
}

/** What an inconclusive comparison could have seen, and what it would take. */
export function describeNeed(row: VerdictRow): string {
  if (!isDecided(row)) return row.reason;
  if (row.verdict !== 'inconclusive') return '';
  const { detectable, needed, bases, pairs } = row.evidence;
  const seen =
    detectable === null
      ? 'nothing varied, so nothing can be planned'
      : `could see ${formatScore(detectable)}${unitSuffix(row.hypothesis)}`;
  const ways = [
    needed.bases === null ? [] : [`${needed.bases} bases × ${countNoun(Math.round(pairs / bases), 'seed')}`],
    needed.seedsPerBase === null
      ? []
      : [`${countNoun(bases, 'base')} × ${countNoun(needed.seedsPerBase, 'seed')}`],
  ].flat();
  const takes =
    ways.length === 0
      ? 'more runs alone would not show the estimate'
      : `to show the estimate: ${ways.join(' or ')}`;
  return `${seen}; ${takes}`;
}
