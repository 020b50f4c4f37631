import { weightedMean } from './hierarchical-bootstrap.ts';
import { groupByBase, rowWeights } from './run-draw.ts';
import { toScoreMatrix } from '../score-shape-error.ts';

/**
 * Mean of scores[run][problem] under which every base counts the same: the estimate of `hierarchicalBootstrap`.
 *
 * @throws ScoreShapeError when scores are ragged, empty or not finite, or bases do not match
 */
export function meanByBase(scores: readonly (readonly number[])[], bases: readonly number[]): number {
  const { values, rows: seeds, columns: problems } = toScoreMatrix(scores);
  const weights = rowWeights(groupByBase(seeds, bases));
  return weightedMean({ values, seeds, problems }, weights, new Int32Array(problems).fill(1));
}
