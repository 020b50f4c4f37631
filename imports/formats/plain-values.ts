import { messageText } from './message-text.ts';
import type { PlainField } from './plain-fields.ts';

/** What programs write in a column of numbers where there is none. */
const NOT_A_NUMBER = new Set(['', 'nan', 'none', 'null', 'na']);

const VERDICTS = new Map([
  ['true', 1],
  ['yes', 1],
  ['correct', 1],
  ['false', 0],
  ['no', 0],
  ['incorrect', 0],
]);

/** Whether a field of numbers holds none. */
export function isMissing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'number') return Number.isNaN(value);
  return typeof value === 'string' && NOT_A_NUMBER.has(value.trim().toLowerCase());
}

export function toText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? messageText(value) : String(value);
}

/** Text that tells something apart or why something failed: an empty one tells nothing. */
export function toName(value: unknown): string | null {
  return value === '' ? null : toText(value);
}

/** 1 for correct, 0 for incorrect; undefined: neither. */
export function toVerdict(value: unknown): number | undefined {
  const number = toNumber(value);
  if (number === 0 || number === 1) return number;
  return typeof value === 'string' ? VERDICTS.get(value.trim().toLowerCase()) : undefined;
}

/** NaN where it is no number. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}

/** A field of numbers: what it may hold, for the test and in words. */
export interface NumberField {
  readonly field: PlainField;
  readonly accepts: (value: number) => boolean;
  readonly expected: string;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

export const SCORE: NumberField = { field: 'score', accepts: Number.isFinite, expected: 'a finite number' };
export const SEED: NumberField = { field: 'seed', accepts: Number.isSafeInteger, expected: 'a whole number' };
export const SAMPLE: NumberField = { field: 'sample', accepts: isCount, expected: 'a whole number from 0' };
export const TOKENS: NumberField = { field: 'tokens', accepts: isCount, expected: 'a whole number from 0' };
export const CONFIDENCE: NumberField = {
  field: 'confidence',
  accepts: (value) => value >= 0 && value <= 1,
  expected: 'a number from 0 to 1',
};
