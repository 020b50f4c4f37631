import { mean } from './aggregate-scores.ts';

/** How independent values spread, and how far their mean may be off. */
export interface MeanError {
  /** With n − 1. */
  readonly standardDeviation: number;
  /** standardDeviation / √n */
  readonly standardError: number;
}

/** @returns null with fewer than two values, whose spread nothing shows */
export function meanError(values: readonly number[]): MeanError | null {
  if (values.length < 2) return null;
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  const standardDeviation = Math.sqrt(squares / (values.length - 1));
  return { standardDeviation, standardError: standardDeviation / Math.sqrt(values.length) };
}
