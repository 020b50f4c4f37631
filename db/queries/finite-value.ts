/** A number that is to be stored is not finite: the computation behind it diverged. */
export class NonFiniteValueError extends Error {
  override readonly name = 'NonFiniteValueError';
}

/**
 * SQLite stores NaN as NULL, which here means "could not be determined"; so a diverged number is refused instead.
 *
 * @throws {NonFiniteValueError} naming the place
 */
export function assertFinite(value: number | null, place: string): void {
  if (value === null || Number.isFinite(value)) return;
  throw new NonFiniteValueError(
    `${place} is ${value}, expected a finite number; the step diverged: lower the learning rate, or look at the rewards it had`,
  );
}
