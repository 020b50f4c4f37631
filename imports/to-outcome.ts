import type { SampleOutcome } from './source-sample.ts';

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value).slice(0, 60);
}

/** A value as a score; anything but a finite number, true and false is a failure, never 0. @param name of the score */
export function toOutcome(value: unknown, name: string): SampleOutcome {
  if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'scored', score: value };
  if (typeof value === 'boolean') return { kind: 'scored', score: value ? 1 : 0 };
  return { kind: 'failed', reason: `${name} is ${describe(value)}, expected a finite number` };
}
