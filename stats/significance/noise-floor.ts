import library from 'jstat';
import { mean } from '../intervals/aggregate-scores.ts';
import { meanError } from '../intervals/mean-error.ts';
import { ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';
import { varianceComponents } from './power.ts';

/** How much runs of one recipe differ by chance, on one set of problems. */
export interface NoiseFloor {
  readonly runs: number;
  readonly problems: number;
  /** Mean score of all runs. */
  readonly level: number;
  readonly lowest: number;
  readonly highest: number;
  /** Standard deviation of a run's mean score, with its 95 % interval; what its samples add is inside. */
  readonly spread: number;
  readonly spreadLow: number;
  readonly spreadHigh: number;
  /** Variance of a run's mean score on all problems there could be: without what these problems' samples add. */
  readonly betweenRuns: number;
  /** Two single runs on these problems differ by less than this in 95 of 100 pairs. */
  readonly swallowed: number;
}

const TAIL = 0.025;

/**
 * @param scores scores[run][problem] of at least two runs on the same two problems or more
 * @throws ScoreShapeError otherwise
 */
export function noiseFloor(scores: readonly (readonly number[])[]): NoiseFloor {
  const { rows: runs, columns: problems } = toScoreMatrix(scores);
  if (runs < 2 || problems < 2)
    throw new ScoreShapeError(
      `a noise floor needs two runs of one recipe on two problems, found ${runs} x ${problems}`,
    );
  const levels = scores.map(mean);
  const level = mean(levels);
  const freedom = runs - 1;
  const spread = meanError(levels)!.standardDeviation;
  const { chisquare, studentt } = library.jStat;
  const scaled = (tail: number): number => spread * Math.sqrt(freedom / chisquare.inv(tail, freedom));
  return {
    ...{ runs, problems, level, lowest: Math.min(...levels), highest: Math.max(...levels) },
    ...{ spread, spreadLow: scaled(1 - TAIL), spreadHigh: scaled(TAIL) },
    betweenRuns: varianceComponents(
      scores,
      scores.map(() => 0),
    ).seeds,
    swallowed: studentt.inv(1 - TAIL, freedom) * Math.SQRT2 * spread,
  };
}
