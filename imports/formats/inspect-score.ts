import type { SampleOutcome } from '../source-sample.ts';

/** What a scorer said of one sample, as the log has it. */
export interface InspectScore {
  readonly value: unknown;
  readonly answer?: unknown;
  readonly reason?: unknown;
  readonly metadata?: unknown;
}

/** One score of a log: a scorer, and which of its values where it gives several. */
export interface ScoreChoice {
  readonly scorer: string;
  readonly key: string | null;
}

/** As Inspect's `value_to_float`, which knows no failures: whatever is not here, it counts as 0. */
const WORDS = new Map([
  ['C', 1],
  ['P', 0.5],
  ['I', 0],
  ['N', 0],
]);
const LOWERCASE_WORDS = new Map([
  ['yes', 1],
  ['true', 1],
  ['no', 0],
  ['false', 0],
]);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member that the object has itself, whatever the name. */
export const ownValue = (object: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

function toNumber(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const said = WORDS.get(value) ?? LOWERCASE_WORDS.get(value.toLowerCase());
  if (said !== undefined) return said;
  const number = NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : null;
}

/** `NAME`, and where the value is an object `NAME/KEY` for each of its keys, a list's from 0. */
export function nameScores(scorer: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [scorer];
  return Object.keys(value).map((key) => `${scorer}/${key}`);
}

/** @param scorers names of the scorers, which may contain slashes themselves */
export function parseScoreChoice(name: string, scorers: readonly string[]): ScoreChoice {
  const whole = scorers.includes(name);
  const scorer = whole ? undefined : scorers.find((candidate) => name.startsWith(`${candidate}/`));
  return scorer === undefined ? { scorer: name, key: null } : { scorer, key: name.slice(scorer.length + 1) };
}

const failed = (reason: string): SampleOutcome => ({ kind: 'failed', reason });

function tellValue(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
}

function selectValue({ value }: InspectScore, key: string | null): unknown {
  if (key === null) return value;
  return typeof value === 'object' && value !== null
    ? ownValue(value as Record<string, unknown>, key)
    : undefined;
}

/** The outcome by the chosen score. A value that is no number, as Inspect writes where a sample could not be scored, is a failure. */
export function readInspectOutcome(score: InspectScore, { scorer, key }: ScoreChoice): SampleOutcome {
  const value = selectValue(score, key);
  const name = key === null ? scorer : `${scorer}/${key}`;
  if (value === undefined || value === null)
    return failed(
      typeof score.reason === 'string' ? `not scored by ${name}: ${score.reason}` : `not scored by ${name}`,
    );
  if (key === null && typeof value === 'object')
    return failed(`${name} has several values, name one of ${nameScores(scorer, value).join(', ')}`);
  const number = toNumber(value);
  return number === null
    ? failed(`${name} is no number: ${tellValue(value)}`)
    : { kind: 'scored', score: number };
}
