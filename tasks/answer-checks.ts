import { isWithin, readDecimal, type Decimal } from './decimal.ts';
import { malformed, type Verdict } from './verdict.ts';

/** How an answer's text is compared with the reference. */
interface AnswerCheckOptions {
  /** Blanks around both are left out. */
  readonly trims: boolean;
  readonly ignoresCase: boolean;
  /** Largest absolute difference between two numbers that count as equal. */
  readonly tolerance: number;
}

/** Compares a completion's answer with a reference answer. */
export type AnswerCheck = (candidate: string, reference: string, options: AnswerCheckOptions) => Verdict;

function verdict(isCorrect: boolean, extractedAnswer: string): Verdict {
  return { outcome: isCorrect ? 'correct' : 'incorrect', extractedAnswer };
}

/** What an answer has to be under each check, as messages call it. */
export const expectedAnswers = {
  exact: 'text that is not blank',
  numeric: 'a number',
  'number-list': 'a list of numbers',
  'integer-set': 'a list of whole numbers',
  fraction: 'a fraction',
} as const;

/** A check that reads both texts into a value first; a candidate that cannot be read is malformed. */
function readingCheck<Value>(
  expected: string,
  read: (text: string) => Value | null,
  isEqual: (candidate: Value, reference: Value, options: AnswerCheckOptions) => boolean,
): AnswerCheck {
  return (candidate, reference, options) => {
    const want = read(reference);
    if (want === null) {
      const reason = `the reference '${reference}' is not ${expected}`;
      return { outcome: 'unverifiable', extractedAnswer: candidate.trim(), reason };
    }
    const found = read(candidate);
    if (found === null) return malformed(`not ${expected}`);
    return verdict(isEqual(found, want, options), candidate.trim());
  };
}

const exact: AnswerCheck = (candidate, reference, { trims, ignoresCase }) => {
  if (candidate.trim() === '') return malformed('empty');
  const normalised = (text: string): string => {
    const trimmed = trims ? text.trim() : text;
    return ignoresCase ? trimmed.toLowerCase() : trimmed;
  };
  return verdict(normalised(candidate) === normalised(reference), trims ? candidate.trim() : candidate);
};

/** A tolerance as the decimal that it was written as: 0.1 means a tenth, not the float64 beside it. */
const toDecimal = (tolerance: number): Decimal => readDecimal(String(tolerance))!;

const LIST_MEMBER = /^(?:'([^']*)'|"([^"]*)"|([^'"]*))$/;

/** `[1, 2.5]`, `['1', '2.5']` or the same without brackets. */
function readNumberList(text: string): Decimal[] | null {
  const body = /^(?:\[(.*)\]|([^[\]]*))$/s.exec(text.trim());
  if (body === null) return null;
  const members = (body[1] ?? body[2]!).split(',').map((member) => {
    const match = LIST_MEMBER.exec(member.trim());
    return match === null ? null : readDecimal(match[1] ?? match[2] ?? match[3]!);
  });
  return members.every((member) => member !== null) ? members : null;
}

/** Whole numbers separated by `×`, `*`, `,` or `;`. */
function readIntegerSet(text: string): bigint[] | null {
  if (!/^\s*-?\d+(?:\s*[×*,;]\s*-?\d+)*\s*$/.test(text)) return null;
  return (text.match(/-?\d+/g) ?? []).map(BigInt).sort((a, b) => Number(a > b) - Number(a < b));
}

function isSameList<Value>(
  a: readonly Value[],
  b: readonly Value[],
  isEqual: (left: Value, right: Value) => boolean,
): boolean {
  return a.length === b.length && a.every((value, i) => isEqual(value, b[i]!));
}

const FRACTION = /^\$?\s*(?:\\[dt]?frac\{(-?\d+)\}\{(-?\d+)\}|(-?\d+)\s*\/\s*(-?\d+))\s*\$?$/;

function readFraction(text: string): readonly [string, string] | null {
  const match = FRACTION.exec(text.trim());
  if (match === null) return null;
  return [String(BigInt(match[1] ?? match[3]!)), String(BigInt(match[2] ?? match[4]!))];
}

/**
 * The ways to compare an answer with its reference, numbers exactly, however many digits they have.
 *
 * - `exact`: the same text, after `trims` and `ignoresCase`
 * - `numeric`: decimal numbers within `tolerance`, blanks around them allowed
 * - `number-list`: the same numbers in the same order within `tolerance`, brackets and quotes optional
 * - `integer-set`: the same whole numbers in any order, e.g. a prime factorisation
 * - `fraction`: the same numerator and denominator (so lowest terms stay lowest terms), as `a/b` or LaTeX
 */
export const answerChecks = {
  exact,
  numeric: readingCheck(expectedAnswers.numeric, readDecimal, (a, b, { tolerance }) =>
    isWithin(a, b, toDecimal(tolerance)),
  ),
  'number-list': readingCheck(expectedAnswers['number-list'], readNumberList, (a, b, { tolerance }) =>
    isSameList(a, b, (left, right) => isWithin(left, right, toDecimal(tolerance))),
  ),
  'integer-set': readingCheck(expectedAnswers['integer-set'], readIntegerSet, (a, b) =>
    isSameList(a, b, (left, right) => left === right),
  ),
  fraction: readingCheck(expectedAnswers.fraction, readFraction, (a, b) => a[0] === b[0] && a[1] === b[1]),
} as const satisfies Readonly<Record<keyof typeof expectedAnswers, AnswerCheck>>;
