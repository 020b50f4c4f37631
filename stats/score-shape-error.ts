/** Scores that are not a full rectangle of finite numbers: complete the evaluation, or leave the incomplete part out. */
export class ScoreShapeError extends Error {
  override readonly name = 'ScoreShapeError';
}

/**
 * Copies `scores[row][column]` into one row-major Float64Array.
 *
 * @throws ScoreShapeError when a row is missing, ragged or holds a number that is not finite
 */
export function toScoreMatrix(scores: readonly (readonly number[])[]): {
  values: Float64Array;
  rows: number;
  columns: number;
} {
  const rows = scores.length;
  const columns = scores[0]?.length ?? 0;
  if (rows === 0 || columns === 0) {
    throw new ScoreShapeError(`scores need at least one row and one column, found ${rows} x ${columns}`);
  }
  const values = new Float64Array(rows * columns);
  scores.forEach((row, r) => {
    if (row.length !== columns) {
      throw new ScoreShapeError(
        `scores[${r}] has ${row.length} entries, expected ${columns} as in scores[0]`,
      );
    }
    row.forEach((value, c) => {
      if (!Number.isFinite(value))
        throw new ScoreShapeError(`scores[${r}][${c}] is ${value}, expected a finite number`);
      values[r * columns + c] = value;
    });
  });
  return { values, rows, columns };
}
