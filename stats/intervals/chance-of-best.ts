import type { Generator } from '../../random/generator.ts';
import { ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';
import { redrawCounts, weightedMean } from './hierarchical-bootstrap.ts';
import { drawBases, drawRowWeights, groupByBase } from './run-draw.ts';

/** Scores of one arm on the problems that all arms answered. */
export interface ScoredArm {
  /** scores[run][problem] */
  readonly scores: readonly (readonly number[])[];
  /** Base seed and RL seed of each run. */
  readonly bases: readonly number[];
  readonly seeds: readonly number[];
}

/** Means closer than this are a tie. */
const TIE = 1e-12;

/**
 * How often each arm has the highest mean in replicates of `hierarchicalBootstrap`: bases, runs and problems are drawn once
 * for all arms (runs once for those with the same seeds, alone for others), and a tie is split. Sums to 1. It is no
 * probability that an arm is truly the best, but how far that depends on the runs and problems that happened to be drawn.
 *
 * @throws ScoreShapeError when arms have other numbers of problems
 */
export function chanceOfBest(
  arms: readonly ScoredArm[],
  { resamples, generator }: { readonly resamples: number; readonly generator: Generator },
): number[] {
  const matrices = arms.map(({ scores, bases, seeds }) => {
    const { values, rows, columns } = toScoreMatrix(scores);
    return { values, seeds: rows, problems: columns, key: JSON.stringify([bases, seeds]) };
  });
  const problems = matrices[0]?.problems ?? 0;
  if (matrices.some((matrix) => matrix.problems !== problems))
    throw new ScoreShapeError('arms are ranked on the same problems, found other numbers of them');
  const groups = new Map(
    arms.map(({ scores, bases }, i) => [matrices[i]!.key, groupByBase(scores.length, bases)]),
  );
  const wins = arms.map(() => 0);
  const counts = new Int32Array(problems);
  for (let r = 0; r < resamples; r += 1) {
    const weights = new Map(
      [...groups].map(([key, own]) => [
        key,
        drawRowWeights(own, drawBases(own.length, generator), generator),
      ]),
    );
    redrawCounts(counts, generator);
    const means = matrices.map((matrix) => weightedMean(matrix, weights.get(matrix.key)!, counts));
    const best = Math.max(...means);
    const winners = means.flatMap((value, i) => (best - value <= TIE ? [i] : []));
    for (const winner of winners) wins[winner]! += 1 / winners.length;
  }
  return wins.map((count) => count / resamples);
}
