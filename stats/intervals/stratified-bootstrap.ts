import { toStatisticFunction, type BootstrapInput } from './hierarchical-bootstrap.ts';
import { percentileInterval, type IntervalEstimate } from '../quantile.ts';
import { toScoreMatrix } from '../score-shape-error.ts';

/**
 * rliable's stratified bootstrap of `scores[run][task]`: runs are drawn with replacement within each task separately, so
 * tasks are fixed strata and only run-to-run uncertainty is covered. Source: Agarwal et al. 2021, section 4.1.
 */
export function stratifiedBootstrap(input: BootstrapInput): IntervalEstimate {
  const { values, rows, columns } = toScoreMatrix(input.scores);
  const evaluate = toStatisticFunction(input.statistic);
  const replicates = new Float64Array(input.resamples);
  const drawn = new Float64Array(values.length);
  for (let r = 0; r < input.resamples; r += 1) {
    for (let i = 0; i < drawn.length; i += 1) {
      drawn[i] = values[input.generator.integer(rows) * columns + (i % columns)]!;
    }
    replicates[r] = evaluate(drawn);
  }
  return { estimate: evaluate(values), ...percentileInterval(replicates, input.level), level: input.level };
}
