import { InvalidArgumentError } from 'commander';
import type { MetricsAddress } from '../worker/supervisor.ts';

/** A whole number of at least 1. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`expected a whole number of at least 1, found "${text}".`);
  return value;
}

/** `5` is a count; `0,1,7` and `3,` are lists. */
export function parseSeeds(text: string): number | number[] {
  if (!text.includes(',')) return parseCount(text);
  const seeds = text
    .split(',')
    .filter((part) => part !== '')
    .map(Number);
  if (seeds.length === 0 || !seeds.every(Number.isInteger)) {
    throw new InvalidArgumentError(`expected a count such as 5 or a list such as 0,1,2; found "${text}".`);
  }
  return seeds;
}

/** `90-94`, `90,92` or one seed alone. */
export function parseSeedRange(text: string): number[] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === undefined) return text.split(',').map(parseWholeNumber);
  const [from, to] = [Number(first), Number(last)];
  if (to < from)
    throw new InvalidArgumentError(
      `expected a range such as 90-94 or a list such as 90,92; found "${text}".`,
    );
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** Above 0, and at most 1. */
export function parseLeastShare(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1))
    throw new InvalidArgumentError(`expected a share above 0 and up to 1, found "${text}".`);
  return value;
}

/** A whole number of at least 0. */
export function parseWholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError(`expected a whole number of at least 0, found "${text}".`);
  return value;
}

/** `9464` or `HOST:PORT`; a port alone is for this machine only. */
export function parseMetricsAddress(text: string): MetricsAddress {
  const [, host = '127.0.0.1', digits] = /^(?:([^:]+|\[[^\]]+\]):)?(\d+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65_535))
    throw new InvalidArgumentError(`expected PORT or HOST:PORT with a port up to 65535, found "${text}".`);
  return { host, port };
}

/** A workflow task of a matrix that waits for about 2,000 runs never ends. */
export const MAX_WINDOW = 1500;

/** At most `MAX_WINDOW` runs under way at once. */
export function parseWindow(text: string): number {
  const window = parseCount(text);
  if (window > MAX_WINDOW)
    throw new InvalidArgumentError(
      `expected at most ${MAX_WINDOW} runs under way at once, found ${window}; a window larger than the train workers of all hosts together gains nothing.`,
    );
  return window;
}

/** `correct=is_right`: what we call a field, and the column that holds it; joins those before it. */
export function parseField(
  text: string,
  fields: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError(`expected FIELD=COLUMN such as correct=is_right, found "${text}".`);
  return { ...fields, [text.slice(0, at)]: text.slice(at + 1) };
}
