import { percentileInterval, type IntervalEstimate } from '../quantile.ts';
import { drawCounts, type BootstrapInput } from './hierarchical-bootstrap.ts';
import { drawBases, drawRowWeights, groupByBase, rowWeights } from './run-draw.ts';
import { ScoreShapeError } from '../score-shape-error.ts';

/** Several numbers of one run, computed from its problems as often as `counts` [P] says that each was drawn. */
type RunStatistics = (run: number, counts: Int32Array) => readonly number[];

export interface ByRunInput extends Omit<BootstrapInput, 'scores' | 'statistic'> {
  readonly runs: number;
  readonly problems: number;
}

/** Mean over runs, each weighing as given; runs that weigh nothing are not computed. */
function weighRuns(weights: Float64Array, ofRun: (run: number) => readonly number[]): number[] {
  const sums: number[] = [];
  weights.forEach((weight, run) => {
    if (weight === 0) return;
    ofRun(run).forEach((value, i) => (sums[i] = (sums[i] ?? 0) + (weight / weights.length) * value));
  });
  return sums;
}

/**
 * Means over runs of numbers that are no means over problems, such as ratios of sums, each with its percentile interval over jointly
 * drawn bases, seeds and problems (as `hierarchicalBootstrap`). Every base counts the same.
 *
 * @param statistics as many numbers for each run, in one order
 * @throws ScoreShapeError without runs or problems, when bases do not match, or a number is NaN
 */
export function bootstrapByRun(statistics: RunStatistics, input: ByRunInput): IntervalEstimate[] {
  const { runs, problems, bases, resamples, generator, level } = input;
  if (runs < 1 || problems < 1)
    throw new ScoreShapeError(`expected at least one run and one problem, found ${runs} x ${problems}`);
  const groups = groupByBase(runs, bases);
  const once = new Int32Array(problems).fill(1);
  const estimates = weighRuns(rowWeights(groups), (run) => statistics(run, once));
  const replicates = estimates.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r += 1) {
    const weights = drawRowWeights(groups, drawBases(groups.length, generator), generator);
    const counts = drawCounts(problems, generator);
    weighRuns(weights, (run) => statistics(run, counts)).forEach((value, i) => (replicates[i]![r] = value));
  }
  return estimates.map((estimate, i) => ({
    estimate,
    ...percentileInterval(replicates[i]!, level),
    level,
  }));
}
