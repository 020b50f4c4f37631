import { ScoreShapeError } from '../score-shape-error.ts';

/** @throws ScoreShapeError when there are no values */
export function mean(values: ArrayLike<number>): number {
  if (values.length === 0) throw new ScoreShapeError('a mean needs at least one value, found none');
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  return sum / values.length;
}
