import {
  tabulateCalibration,
  tabulateReliability,
  type CalibrationRow,
  type ReliabilityRow,
} from '../tables/calibration-table.ts';
import { tabulateBoundaries, type BoundaryRow } from '../tables/boundary-table.ts';
import { tabulateCompute, type ComputeRow } from '../tables/compute-table.ts';
import { tabulateConsistency, type ConsistencyRow } from '../tables/consistency-table.ts';
import type { ComparisonInput } from './comparison-input.ts';
import {
  tabulateDifferences,
  type DifferenceRow,
  type MissingDifference,
} from '../tables/difference-table.ts';
import { tabulateEqualBudgets, type EqualBudgetRow } from '../tables/equal-token-table.ts';
import { collectFinalCounts, type ExcludedRun } from './final-counts.ts';
import { tabulateFormats, type FormatRow } from '../tables/format-table.ts';
import { tabulateGainParts, type GainPartRow } from '../tables/gain-part-table.ts';
import { tabulateGaps, type GapRow } from '../tables/gap-table.ts';
import { IncomparableError } from './incomparable-error.ts';
import { tabulateLearningCurves, type CurvePoint } from '../tables/learning-curves.ts';
import { pairWithBaseline } from './paired-finals.ts';
import { reportedKs, tabulatePassAtK, type PassAtKRow } from '../tables/pass-at-k-table.ts';
import { tabulateProblemMaps, type ProblemMap } from '../tables/problem-map.ts';
import { tabulateRanking, type RankingRow } from '../tables/ranking-table.ts';
import { tabulateRewardTruth, type RewardTruthRow } from '../tables/reward-truth-table.ts';
import type { Tabulated } from '../tables/plain-table.ts';
import { tabulatePlain } from '../tables/plain-tables.ts';
import { sortComparison } from './sort-comparison.ts';
import { tabulateSolvedSets, type SolvedSetRow } from '../tables/solved-set-table.ts';
import { tabulateStrategies, type StrategyRow } from '../tables/strategy-table.ts';
import { describeAnswer, type AnswerInput } from '../text/answer-text.ts';
import { weighChecks, type CheckRow } from '../verdicts/weigh-checks.ts';
import { tabulateVerdicts } from '../verdicts/tabulate-verdicts.ts';
import type { VerdictRow } from '../verdicts/verdict-table.ts';

/** Every number of a report, computed once; CSV, Markdown and HTML only write it down. */
export interface Analysis {
  /** One per declared hypothesis. */
  readonly verdicts: readonly VerdictRow[];
  /** One per declared check. */
  readonly checks: readonly CheckRow[];
  /** By pass@1 on the first split. */
  readonly ranking: readonly RankingRow[];
  /** What levels and differences at k = 1 are of: pass@1, or the mean score where samples are graded. */
  readonly scoreName: string;
  /** Arms by problem, a map for each cell of the ranking. */
  readonly problemMaps: readonly ProblemMap[];
  /** The answer to the experiment's question, a sentence each. */
  readonly answer: readonly string[];
  readonly equalBudgets: readonly EqualBudgetRow[];
  readonly compute: readonly ComputeRow[];
  readonly passAtK: readonly PassAtKRow[];
  readonly gainParts: readonly GainPartRow[];
  readonly consistency: readonly ConsistencyRow[];
  readonly formats: readonly FormatRow[];
  readonly calibration: readonly CalibrationRow[];
  readonly reliability: readonly ReliabilityRow[];
  readonly differences: readonly DifferenceRow[];
  readonly missing: readonly MissingDifference[];
  readonly gaps: readonly GapRow[];
  readonly boundaries: readonly BoundaryRow[];
  readonly solvedSets: readonly SolvedSetRow[];
  readonly strategies: readonly StrategyRow[];
  /** The tables that are sections of their own. */
  readonly plain: readonly Tabulated[];
  readonly curves: readonly CurvePoint[];
  readonly rewardTruth: readonly RewardTruthRow[];
  readonly excluded: readonly ExcludedRun[];
  /** Splits with a final evaluation, in reading order. */
  readonly splits: readonly string[];
}

/** What the answer calls the numbers and the arms. */
function nameThings({ imported }: ComparisonInput): Pick<AnswerInput, 'scoreName' | 'nouns'> {
  return {
    scoreName: imported?.isGraded === true ? 'mean score' : 'pass@1',
    nouns:
      imported === undefined
        ? { control: 'control', trained: 'schemes' }
        : { control: 'baseline', trained: 'the other arms' },
  };
}

/** Analyses a comparison that is consistent and sorted. */
export function analyzeComparison(input: ComparisonInput): Analysis {
  const { finals, excluded } = collectFinalCounts(input);
  const { fingerprint } = input.experiment;
  // What counts right samples has nothing to say of graded ones.
  const counted = input.imported?.isGraded === true ? [] : finals;
  // What RL adds to a base model is no question to results of which nobody knows how they were trained.
  const pairs = input.imported === undefined ? pairWithBaseline(input, counted) : [];
  const checks = weighChecks(input, finals);
  const ks = reportedKs(finals);
  // The first, a middle and the last k: the ends of the curve decide the claims about boundaries.
  const isHeldToNoise = input.imported?.noise !== undefined;
  // A noise floor is one of pass@1.
  const testedKs = ks.filter((k, i) => i === 0 || (!isHeldToNoise && (k === 8 || i === ks.length - 1)));
  const compute = input.imported === undefined ? tabulateCompute(input) : [];
  const verdicts = tabulateVerdicts(input, finals, checks);
  const { differences, missing } = tabulateDifferences(input, finals, testedKs);
  const ranking = tabulateRanking({ input, finals, differences, compute });
  const gainParts = tabulateGainParts(input, finals);
  const { scoreName, nouns } = nameThings(input);
  return {
    verdicts,
    checks,
    scoreName,
    ranking,
    problemMaps: tabulateProblemMaps(input, finals, ranking),
    answer: describeAnswer({ ranking, differences, gainParts, verdicts, runs: input.runs, scoreName, nouns }),
    equalBudgets: tabulateEqualBudgets(input),
    compute,
    passAtK: tabulatePassAtK(finals),
    gainParts,
    consistency: tabulateConsistency(counted),
    formats: tabulateFormats(finals),
    calibration: tabulateCalibration(counted),
    reliability: tabulateReliability(counted),
    differences,
    missing,
    gaps: tabulateGaps(input, finals),
    boundaries: tabulateBoundaries(pairs, fingerprint),
    solvedSets: tabulateSolvedSets(pairs, fingerprint),
    strategies: tabulateStrategies(pairs, fingerprint),
    plain: tabulatePlain({ input, finals: counted }),
    curves: tabulateLearningCurves(input),
    rewardTruth: tabulateRewardTruth(input),
    excluded,
    splits: [...new Set(finals.map(({ split }) => split))],
  };
}

/** @throws IncomparableError when the baseline is none of the conditions, or a run belongs to none */
export function assertConsistent({ experiment, conditions, runs }: ComparisonInput): void {
  const names = new Set(conditions.map(({ name }) => name));
  const stems = new Set(conditions.map(({ name }) => name.split('/')[0]));
  if (!names.has(experiment.baseline) && !stems.has(experiment.baseline)) {
    throw new IncomparableError(
      `the baseline ${experiment.baseline} is none of the conditions (${[...names].join(', ')}); name one of them`,
    );
  }
  const stray = runs.find(({ condition }) => !names.has(condition));
  if (stray !== undefined) {
    throw new IncomparableError(
      `run ${stray.id} belongs to condition ${stray.condition}, which is none of ${[...names].join(', ')}`,
    );
  }
}

/** The answer alone, without the tables and figures of a report: sentences on its arms, without those on its hypotheses. */
export function answerComparison(comparison: ComparisonInput): string[] {
  const input = sortComparison(comparison);
  const { finals } = collectFinalCounts(input);
  const { differences } = tabulateDifferences(input, finals, [1]);
  const ranking = tabulateRanking({ input, finals, differences, compute: [] });
  const gainParts = tabulateGainParts(input, finals);
  return describeAnswer({
    ...{ ranking, differences, gainParts, verdicts: [], runs: input.runs },
    ...nameThings(input),
  });
}
