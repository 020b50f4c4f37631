import { unitOfMetric, type Hypothesis } from '../../config/hypothesis.ts';
import { exitCodeOfOutcomes, worstOutcome, type Outcome } from '../../config/outcome.ts';
import type {
  ExperimentVerdictEntry,
  HypothesisVerdictEntry,
  VerdictDocument,
} from '../../config/verdict-document.ts';
import { PLANNED_ALPHA, PLANNED_POWER } from '../../stats/significance/detectable-effect.ts';
import { LEVEL } from '../comparison/interval-generator.ts';
import { describeMetric, describeTest } from '../text/verdict-text.ts';
import { isDecided, type DecidedRow, type VerdictRow } from './verdict-table.ts';

/** The one place that knows the verdicts of reports by another name. */
const OUTCOMES: Readonly<Record<VerdictRow['verdict'], Outcome>> = {
  supported: 'supported',
  contradicted: 'contradicted',
  inconclusive: 'underpowered',
  void: 'not-tested',
  undecided: 'pending',
};

type Evidence = Omit<
  HypothesisVerdictEntry,
  'number' | 'claim' | 'compared' | 'metric' | 'unit' | 'alternative' | 'margin' | 'reported' | 'outcome'
>;

const NO_EVIDENCE = {
  ...{ effect: null, interval: null, detectable: null, size: null },
  ...{ p: null, holmP: null, oppositeP: null, oppositeHolmP: null },
} as const;

function describeHypothesis(hypothesis: Hypothesis) {
  const { claim, metric, alternative, margin, reported } = hypothesis;
  return {
    claim,
    compared: describeTest(hypothesis),
    metric: describeMetric(metric),
    unit: unitOfMetric(metric),
    ...{ alternative, margin: margin?.value ?? null, reported },
  };
}

function toEvidence({ evidence, holmSupportP, holmContradictP }: DecidedRow): Evidence {
  const { effect, low, high, detectable, bases, pairs, problems } = evidence;
  return {
    reason: null,
    effect,
    interval: { low, high, level: LEVEL },
    p: evidence.supportP,
    holmP: holmSupportP,
    oppositeP: evidence.contradictP,
    oppositeHolmP: holmContradictP,
    detectable:
      detectable === null ? null : { effect: detectable, power: PLANNED_POWER, alpha: PLANNED_ALPHA },
    size: { bases, runs: pairs, problems },
    checks: [],
  };
}

/** A hypothesis with what came of it. */
export function toVerdictEntry(row: VerdictRow): HypothesisVerdictEntry {
  return {
    number: row.number,
    ...describeHypothesis(row.hypothesis),
    outcome: OUTCOMES[row.verdict],
    ...(isDecided(row) ? toEvidence(row) : { ...NO_EVIDENCE, reason: row.reason, checks: [] }),
  };
}

/** The hypotheses of an experiment of which nothing is stored. */
export function toPendingEntries(
  hypotheses: readonly Hypothesis[],
  reason: string,
): HypothesisVerdictEntry[] {
  return hypotheses.map((hypothesis, i) => ({
    number: i + 1,
    ...describeHypothesis(hypothesis),
    ...{ outcome: 'pending' as const, ...NO_EVIDENCE, reason, checks: [] },
  }));
}

/** @throws RangeError when no experiment has a hypothesis */
export function toVerdictDocument(experiments: readonly ExperimentVerdictEntry[]): VerdictDocument {
  const outcomes = experiments.flatMap(({ hypotheses }) => hypotheses.map(({ outcome }) => outcome));
  const exitCode = exitCodeOfOutcomes(outcomes);
  return { version: 1, outcome: worstOutcome(outcomes)!, exitCode, experiments: [...experiments] };
}
