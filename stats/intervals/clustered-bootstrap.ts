import type { Generator } from '../../random/generator.ts';
import { mean } from './aggregate-scores.ts';
import { drawCounts } from './hierarchical-bootstrap.ts';
import { percentileInterval, type IntervalEstimate } from '../quantile.ts';
import { ScoreShapeError } from '../score-shape-error.ts';

export interface ClusteredInput {
  /** One value per sample, e.g. 1 when correct. */
  readonly values: readonly number[];
  /** The cluster (problem) of each value. */
  readonly clusters: readonly (number | string)[];
  readonly resamples: number;
  readonly generator: Generator;
  readonly level: number;
}

/** Percentile interval of the pooled mean when whole clusters are drawn with replacement, so samples of one problem stay together. */
export function clusteredBootstrap(input: ClusteredInput): IntervalEstimate {
  const { values, clusters, resamples, generator, level } = input;
  if (values.length !== clusters.length) {
    throw new ScoreShapeError(
      `found ${values.length} values and ${clusters.length} clusters, expected as many`,
    );
  }
  const totals = new Map<number | string, { sum: number; count: number }>();
  values.forEach((value, i) => {
    const total = totals.get(clusters[i]!) ?? { sum: 0, count: 0 };
    totals.set(clusters[i]!, { sum: total.sum + value, count: total.count + 1 });
  });
  const units = [...totals.values()];
  const replicates = new Float64Array(resamples);
  for (let r = 0; r < resamples; r += 1) {
    const drawn = drawCounts(units.length, generator);
    let sum = 0;
    let count = 0;
    units.forEach((unit, i) => {
      sum += drawn[i]! * unit.sum;
      count += drawn[i]! * unit.count;
    });
    replicates[r] = sum / count;
  }
  return { estimate: mean(values), ...percentileInterval(replicates, level), level };
}
