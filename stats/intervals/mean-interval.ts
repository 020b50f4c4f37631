import library from 'jstat';
import { mean } from './aggregate-scores.ts';

/**
 * 95 % interval of the mean of independent values, Student's t with n − 1 degrees of freedom.
 *
 * @returns null with fewer than two values, whose spread nothing shows
 */
export function meanInterval(values: readonly number[]): readonly [low: number, high: number] | null {
  if (values.length < 2) return null;
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  const standardError = Math.sqrt(squares / (values.length - 1) / values.length);
  const half = standardError * library.jStat.studentt.inv(0.975, values.length - 1);
  return [center - half, center + half];
}
