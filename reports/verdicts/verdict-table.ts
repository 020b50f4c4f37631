import { listTerms, marginValue, shareOf, type Hypothesis } from '../../config/hypothesis.ts';
import {
  DECISION_ALPHA,
  decideHypotheses,
  type HypothesisDecision,
} from '../../stats/significance/decide-hypothesis.ts';
import { weighCheck } from '../../stats/significance/weigh-check.ts';
import {
  weighHypothesis,
  type ControlShare,
  type HypothesisEvidence,
} from '../../stats/significance/weigh-hypothesis.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { intervalGenerator, LEVEL, resamplesOver } from '../comparison/interval-generator.ts';
import { describeFailedCheck, describeFailedControl } from '../text/check-text.ts';
import { measureTerms, weighScores } from './align-scores.ts';
import { findInequality } from './equal-spending.ts';
import type { CheckRow } from './weigh-checks.ts';
import { findUnfinished, findUnknown } from './unfinished.ts';

interface NumberedHypothesis {
  /** From 1, in declaration order. */
  readonly number: number;
  readonly hypothesis: Hypothesis;
  /** The planned look that it speaks of; null: the claim is decided once, when all is there. */
  readonly look: ReachedLook | null;
}

/** A planned look at a claim before all of its bases are there. */
export interface ReachedLook {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  readonly bases: number;
  readonly plannedBases: number;
  /** What Holm's p must be at most here. */
  readonly level: number;
}

export interface DecidedRow extends NumberedHypothesis, HypothesisDecision {
  readonly evidence: HypothesisEvidence;
  /** The conditions have no problem in common, so that pairs are runs. */
  readonly isAveraged: boolean;
}

/**
 * No verdict, and why: `pending`, runs are left to complete; `not-tested`, whatever the numbers say is no answer to the question: a
 * check failed, the arms were to spend alike and did not, or nothing was recorded.
 */
export interface UndecidedRow extends NumberedHypothesis {
  readonly verdict: 'not-tested' | 'pending';
  readonly reason: string;
}

/** What the report says of one hypothesis. */
export type VerdictRow = DecidedRow | UndecidedRow;

export function isDecided(row: VerdictRow): row is DecidedRow {
  return 'evidence' in row;
}

/**
 * A verdict for each hypothesis by the rows that are given. Nothing is decided before every run that it and its checks compare is completed:
 * whoever looks at half the runs and stops when it suits has another error rate. Hypotheses without a verdict count in
 * Holm's correction all the same, so that a verdict does not get easier by leaving others unfinished.
 *
 * @param look whose level decides, in place of 0.05; null: all is there
 */
export function decideRows(known: Known, look: ReachedLook | null): VerdictRow[] {
  const { hypotheses } = known.input.experiment;
  const found = hypotheses.map((hypothesis) => weigh(known, hypothesis));
  const decisions = decideHypotheses(
    found.map((entry, i) =>
      'reason' in entry
        ? { supportP: 1, contradictP: 1, noEffectP: hypotheses[i]!.interest === undefined ? null : 1 }
        : entry.evidence,
    ),
    look?.level ?? known.input.imported?.alpha,
  );
  return found.map((entry, i): VerdictRow => {
    const numbered = { number: i + 1, hypothesis: hypotheses[i]!, look };
    return 'reason' in entry ? { ...numbered, ...entry } : { ...numbered, ...decisions[i]!, ...entry };
  });
}

/** The rows that verdicts come from. */
export interface Known {
  readonly input: ComparisonInput;
  readonly finals: readonly FinalCounts[];
  /** Of `weighChecks`. */
  readonly checks: readonly CheckRow[];
}

type Weighed = Pick<DecidedRow, 'evidence' | 'isAveraged'> | Pick<UndecidedRow, 'verdict' | 'reason'>;

const notTested = (reason: string): Weighed => ({ verdict: 'not-tested', reason });

function weigh(known: Known, hypothesis: Hypothesis): Weighed {
  const { input } = known;
  const terms = [...listTerms(hypothesis), ...listControlTerms(hypothesis)];
  const names = [...new Set(terms.map(({ condition }) => condition))];
  const unknown = findUnknown(input, names);
  if (unknown !== null) return notTested(unknown);
  const required = (hypothesis.requires ?? []).flatMap(
    (name) => known.checks.find((row) => row.name === name) ?? [],
  );
  const waiting = required.flatMap((row) => (row.state === 'pending' ? row.reason : []))[0];
  const unfinished = findUnfinished(input, names) ?? waiting;
  if (unfinished !== undefined) return { verdict: 'pending', reason: unfinished };
  const failed = required.filter(({ state }) => state !== 'held');
  if (failed.length > 0) return notTested(failed.map(describeFailedCheck).join('; '));
  const inequality = findInequality(input, hypothesis);
  return inequality === null ? compare(known, hypothesis) : notTested(inequality);
}

/** The positive control whose share the margin is, +1 and −1; empty where the margin is a number. */
function listControlTerms(hypothesis: Hypothesis): ReturnType<typeof listTerms> {
  const margin = shareOf(hypothesis);
  return margin === null ? [] : listTerms({ ...margin.of, metric: hypothesis.metric });
}

function compare({ input, finals }: Known, hypothesis: Hypothesis): Weighed {
  const terms = listTerms(hypothesis);
  const controls = listControlTerms(hypothesis);
  const aligned = measureTerms(input, finals, [...terms, ...controls]);
  if ('reason' in aligned) return notTested(aligned.reason);
  const { scores, bases, clusters, isAveraged } = aligned;
  const sum = (from: number, of: typeof terms): number[][] =>
    weighScores(
      scores.slice(from, from + of.length),
      of.map(({ weight }) => weight),
    );
  const margin = settleMargin(hypothesis, () => sum(terms.length, controls), bases);
  if (typeof margin === 'string') return notTested(margin);
  const evidence = weighHypothesis({
    differences: sum(0, terms),
    bases,
    clusters,
    population: input.imported?.population ?? 'runs',
    runNoise: input.imported?.noise?.share,
    alpha: input.imported?.alpha ?? DECISION_ALPHA,
    claim: hypothesis.alternative,
    margin,
    interest: hypothesis.interest?.value ?? null,
    hypotheses: input.experiment.hypotheses.length,
    resamples: resamplesOver(scores[0]![0]!.length),
    generator: intervalGenerator(input.experiment.fingerprint, nameStream(hypothesis)),
    level: LEVEL,
  });
  return evidence === null
    ? notTested('one run per condition says nothing of other runs; at least two are needed')
    : { evidence, isAveraged };
}

/** A share of a positive control's effect is a margin only where that effect is there; else why not. */
function settleMargin(
  hypothesis: Hypothesis,
  effectsOf: () => number[][],
  bases: readonly number[],
): number | ControlShare | string {
  const declared = shareOf(hypothesis);
  if (declared === null) return marginValue(hypothesis)!;
  const effects = effectsOf();
  const control = weighCheck({ values: effects, bases, alternative: 'greater', bound: 0 });
  return control.holds ? { share: declared.share, effects } : describeFailedControl(hypothesis, control);
}

/** Names the random stream, which depends on what is compared alone. */
function nameStream({ claim, treatment, control, contrast }: Hypothesis): string {
  if (contrast === undefined) return `hypothesis/${claim}/${treatment}/${control}`;
  return `hypothesis/${claim}/${Object.keys(contrast).sort().join('/')}`;
}
