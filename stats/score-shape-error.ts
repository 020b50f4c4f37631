/** Scores that are not a full rectangle of finite numbers: complete the evaluation, or leave the incomplete part out. */
export class ScoreShapeError extends Error {
  override readonly name = 'ScoreShapeError';
}

/**
 * Sorting puts NaN last and comparing leaves it out, so that it would drop out of an order or a count without a trace.
 *
 * @param what names the values in the message
 * @throws ScoreShapeError when a value is NaN
 */
export function refuseNaN(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isNaN(values[i])) {
      throw new ScoreShapeError(`${what}[${i}] of ${values.length} is NaN, expected a number`);
    }
  }
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
