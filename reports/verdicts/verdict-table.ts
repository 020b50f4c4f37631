import type { Hypothesis } from '../../config/hypothesis.ts';
import {
  decideHypotheses,
  weighHypothesis,
  type HypothesisDecision,
  type HypothesisEvidence,
} from '../../stats/significance/decide-hypothesis.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { findInequality } from './equal-spending.ts';
import { isMeasured, measureMetric, pairScores } from './hypothesis-scores.ts';
import { intervalGenerator, LEVEL, RESAMPLES } from '../comparison/interval-generator.ts';

interface NumberedHypothesis {
  /** From 1, in declaration order. */
  readonly number: number;
  readonly hypothesis: Hypothesis;
}

export interface DecidedRow extends NumberedHypothesis, HypothesisDecision {
  readonly evidence: HypothesisEvidence;
}

/**
 * No verdict, and why: `undecided`, none could be looked for; `void`, the arms were to spend alike and did not, so that whatever the
 * numbers say is no answer to the question.
 */
export interface UndecidedRow extends NumberedHypothesis {
  readonly verdict: 'undecided' | 'void';
  readonly reason: string;
}

/** What the report says of one hypothesis. */
export type VerdictRow = DecidedRow | UndecidedRow;

export function isDecided(row: VerdictRow): row is DecidedRow {
  return row.verdict !== 'undecided' && row.verdict !== 'void';
}

/**
 * A verdict for each hypothesis of the experiment. Nothing is decided before every run of both conditions is completed:
 * whoever looks at half the runs and stops when it suits has another error rate. Hypotheses without a verdict count in
 * Holm's correction all the same, so that a verdict does not get easier by leaving others unfinished.
 */
export function tabulateVerdicts(input: ComparisonInput, finals: readonly FinalCounts[]): VerdictRow[] {
  const found = input.experiment.hypotheses.map((hypothesis) => weigh(input, finals, hypothesis));
  const decisions = decideHypotheses(
    found.map((entry) => ('reason' in entry ? { supportP: 1, contradictP: 1 } : entry)),
  );
  return found.map((entry, i): VerdictRow => {
    const numbered = { number: i + 1, hypothesis: input.experiment.hypotheses[i]! };
    return 'reason' in entry
      ? { ...numbered, verdict: entry.verdict ?? 'undecided', reason: entry.reason }
      : { ...numbered, ...decisions[i]!, evidence: entry };
  });
}

/** Why there is no evidence; without a verdict of its own, `undecided`. */
interface NoEvidence {
  readonly reason: string;
  readonly verdict?: 'void';
}

function weigh(
  input: ComparisonInput,
  finals: readonly FinalCounts[],
  hypothesis: Hypothesis,
): HypothesisEvidence | NoEvidence {
  const { claim, treatment, control, metric, controlMetric, alternative, margin } = hypothesis;
  const reason = unfinishedReason(input, treatment) ?? unfinishedReason(input, control);
  if (reason !== null) return { reason };
  const inequality = findInequality(input, hypothesis);
  if (inequality !== null) return { verdict: 'void', reason: inequality };
  const left = measureMetric({ input, finals, condition: treatment }, metric);
  if (!isMeasured(left)) return left;
  const right = measureMetric({ input, finals, condition: control }, controlMetric ?? metric);
  if (!isMeasured(right)) return right;
  const paired = pairScores(left, right);
  if ('reason' in paired) return paired;
  const evidence = weighHypothesis({
    differences: paired.differences,
    bases: paired.bases,
    claim: alternative,
    margin: margin?.value ?? 0,
    resamples: RESAMPLES,
    generator: intervalGenerator(input.experiment.fingerprint, `hypothesis/${claim}/${treatment}/${control}`),
    level: LEVEL,
  });
  return evidence ?? { reason: 'one run per condition says nothing of other runs; at least two are needed' };
}

function unfinishedReason({ conditions, runs }: ComparisonInput, condition: string): string | null {
  if (!conditions.some(({ name }) => name === condition)) return `there is no condition ${condition}`;
  const own = runs.filter((run) => run.condition === condition);
  const left = own.filter(({ status }) => status !== 'completed');
  if (own.length > 0 && left.length === 0) return null;
  const states = [...new Set(left.map(({ status }) => status))].sort().join(', ');
  return `${own.length - left.length} of ${own.length} runs of ${condition} are completed${states === '' ? '' : ` (others: ${states})`}`;
}
