import type { Generator } from '../random/generator.ts';
import { percentileInterval, type IntervalEstimate } from './quantile.ts';
import { interquartileMean, mean } from './aggregate-scores.ts';
import { toScoreMatrix } from './score-shape-error.ts';

/** A statistic of all drawn scores [S·P]; `mean` and `iqm` by name. */
type Statistic = 'mean' | 'iqm' | ((values: Float64Array) => number);

export interface BootstrapInput {
  /** scores[seed][problem]: every seed is scored on the same problems, in the same order. */
  readonly scores: readonly (readonly number[])[];
  readonly statistic: Statistic;
  readonly resamples: number;
  readonly generator: Generator;
  /** Confidence level, 0–1. */
  readonly level: number;
}

export interface BootstrapEstimate extends IntervalEstimate {
  readonly seeds: number;
  readonly problems: number;
}

export function toStatisticFunction(statistic: Statistic): (values: Float64Array) => number {
  if (statistic === 'mean') return mean;
  return statistic === 'iqm' ? interquartileMean : statistic;
}

/**
 * Percentile interval over both seeds and problems: a replicate draws S seeds with replacement, then P problems with
 * replacement once for all drawn seeds, because problems are shared. It covers the uncertainty of training again with
 * other seeds and of other problems from the same generator; with one seed only the latter. The noise of sampling n
 * completions is inside the scores and carried by both. Source: Owen 2007, "The pigeonhole bootstrap" (crossed factors).
 *
 * @throws ScoreShapeError when scores are ragged, empty or not finite
 */
export function hierarchicalBootstrap(input: BootstrapInput): BootstrapEstimate {
  const { scores, statistic, resamples, generator, level } = input;
  const { values, rows: seeds, columns: problems } = toScoreMatrix(scores);
  const evaluate = toStatisticFunction(statistic);
  const replicates = new Float64Array(resamples);
  const draw = statistic === 'mean' ? meanReplicate : drawnReplicate(evaluate, values.length);
  for (let r = 0; r < resamples; r += 1) replicates[r] = draw({ values, seeds, problems, generator });
  return { estimate: evaluate(values), ...percentileInterval(replicates, level), level, seeds, problems };
}

interface Draw {
  values: Float64Array;
  seeds: number;
  problems: number;
  generator: Generator;
}

/** How often each of `size` units is drawn in `size` draws with replacement. */
export function drawCounts(size: number, generator: Generator): Int32Array {
  const counts = new Int32Array(size);
  for (let i = 0; i < size; i += 1) counts[generator.integer(size)]! += 1;
  return counts;
}

/** The mean needs only how often each seed and each problem was drawn. */
function meanReplicate({ values, seeds, problems, generator }: Draw): number {
  return weightedMean(
    { values, seeds, problems },
    drawCounts(seeds, generator),
    drawCounts(problems, generator),
  );
}

export function weightedMean(
  { values, seeds, problems }: Omit<Draw, 'generator'>,
  seedCounts: Int32Array,
  problemCounts: Int32Array,
): number {
  let sum = 0;
  for (let s = 0; s < seeds; s += 1) {
    if (seedCounts[s] === 0) continue;
    let rowSum = 0;
    const offset = s * problems;
    for (let p = 0; p < problems; p += 1) rowSum += problemCounts[p]! * values[offset + p]!;
    sum += seedCounts[s]! * rowSum;
  }
  return sum / (seeds * problems);
}

function drawnReplicate(evaluate: (values: Float64Array) => number, size: number): (draw: Draw) => number {
  const drawn = new Float64Array(size);
  return ({ values, seeds, problems, generator }) => {
    const rows = Int32Array.from({ length: seeds }, () => generator.integer(seeds));
    const columns = Int32Array.from({ length: problems }, () => generator.integer(problems));
    let next = 0;
    for (const row of rows) for (const column of columns) drawn[next++] = values[row * problems + column]!;
    return evaluate(drawn);
  };
}
