import { marginValue, unitOfMetric, type Hypothesis } from '../../config/hypothesis.ts';
import { exitCodeOfOutcomes, worstOutcome } from '../../config/outcome.ts';
import type {
  ExperimentVerdictEntry,
  HypothesisVerdictEntry,
  VerdictDocument,
} from '../../config/verdict-document.ts';
import { PLANNED_POWER } from '../../stats/significance/detectable-effect.ts';
import { LEVEL } from '../comparison/interval-generator.ts';
import { describeMetric, describeTest } from '../text/hypothesis-text.ts';
import { correctOverall } from './correct-overall.ts';
import { isDecided, type DecidedRow, type VerdictRow } from './verdict-table.ts';
import type { CheckRow } from './weigh-checks.ts';

type Evidence = Omit<
  HypothesisVerdictEntry,
  | 'number'
  | 'claim'
  | 'compared'
  | 'metric'
  | 'unit'
  | 'alternative'
  | 'margin'
  | 'reported'
  | 'outcome'
  | 'checks'
  | 'look'
>;

/** What only `correctOverall` knows. */
const OVERALL_OF_ONE = {
  holmOverallP: null,
  bhOverallP: null,
  oppositeHolmOverallP: null,
  oppositeBhOverallP: null,
} as const;

const NO_EVIDENCE = {
  ...{ effect: null, interval: null, detectable: null, size: null },
  ...{ p: null, holmP: null, bhP: null, oppositeP: null, oppositeHolmP: null, oppositeBhP: null },
  ...OVERALL_OF_ONE,
} as const;

function describeHypothesis(hypothesis: Hypothesis) {
  const { claim, metric, alternative, reported } = hypothesis;
  return {
    claim,
    compared: describeTest(hypothesis),
    metric: describeMetric(metric),
    unit: unitOfMetric(metric),
    ...{ alternative, margin: hypothesis.margin === undefined ? null : marginValue(hypothesis), reported },
  };
}

function toEvidence(row: DecidedRow, hypotheses: number): Evidence {
  const { evidence } = row;
  const { effect, low, high, detectableAtHolm, bases, pairs, problems } = evidence;
  return {
    reason: null,
    effect,
    interval: { low, high, level: LEVEL },
    p: evidence.supportP,
    holmP: row.holmSupportP,
    bhP: row.bhSupportP,
    oppositeP: evidence.contradictP,
    oppositeHolmP: row.holmContradictP,
    oppositeBhP: row.bhContradictP,
    ...OVERALL_OF_ONE,
    detectable:
      detectableAtHolm === null
        ? null
        : { effect: detectableAtHolm, power: PLANNED_POWER, alpha: evidence.alpha / hypotheses },
    size: { bases, runs: pairs, problems },
  };
}

/** The hypotheses of an experiment with what came of each. */
export function toVerdictEntries(
  rows: readonly VerdictRow[],
  checks: readonly CheckRow[],
): HypothesisVerdictEntry[] {
  return rows.map((row) => {
    const required = checks.filter(({ name }) => row.hypothesis.requires?.includes(name));
    const found = isDecided(row) ? toEvidence(row, rows.length) : { ...NO_EVIDENCE, reason: row.reason };
    const declared = describeHypothesis(row.hypothesis);
    return {
      number: row.number,
      ...declared,
      margin: isDecided(row) && row.hypothesis.margin !== undefined ? row.evidence.margin : declared.margin,
      outcome: row.verdict,
      ...found,
      look: row.look,
      checks: required.map(({ name, state }) => ({ name, state })),
    };
  });
}

/** The hypotheses of an experiment of which nothing is stored. */
export function toPendingEntries(
  hypotheses: readonly Hypothesis[],
  reason: string,
): HypothesisVerdictEntry[] {
  return hypotheses.map((hypothesis, i) => ({
    number: i + 1,
    ...describeHypothesis(hypothesis),
    ...{ outcome: 'pending' as const, ...NO_EVIDENCE, reason, look: null },
    checks: (hypothesis.requires ?? []).map((name) => ({ name, state: 'pending' as const })),
  }));
}

/** @throws RangeError when no experiment has a hypothesis */
export function toVerdictDocument(experiments: readonly ExperimentVerdictEntry[]): VerdictDocument {
  const outcomes = experiments.flatMap(({ hypotheses }) => hypotheses.map(({ outcome }) => outcome));
  const exitCode = exitCodeOfOutcomes(outcomes);
  return { version: 1, outcome: worstOutcome(outcomes)!, exitCode, experiments: correctOverall(experiments) };
}
