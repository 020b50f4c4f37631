import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerChecks } from './answer-checks.ts';
import type { Outcome } from './verdict.ts';

const strict = { trims: false, ignoresCase: false, tolerance: 0 };

/** check, candidate, reference, outcome */
const table: readonly [keyof typeof answerChecks, string, string, Outcome][] = [
  ['exact', 'Yes', 'Yes', 'correct'],
  ['exact', 'yes', 'Yes', 'incorrect'],
  ['exact', ' Yes', 'Yes', 'incorrect'],
  ['exact', ' ', 'Yes', 'malformed'],
  ['numeric', ' 1.0 ', '1', 'correct'],
  ['numeric', '1e2', '100', 'correct'],
  ['numeric', '-0.5', '0.5', 'incorrect'],
  ['numeric', '0x10', '16', 'malformed'],
  ['numeric', 'Infinity', '1', 'malformed'],
  ['numeric', '1', 'one', 'unverifiable'],
  ['numeric', '123456789012345678901', '123456789012345678902', 'incorrect'],
  ['numeric', '123456789012345678901', '+123456789012345678901.0', 'correct'],
  ['numeric', '0.1000000000000000000001', '0.1', 'incorrect'],
  ['numeric', '1.5e-3', '.00150', 'correct'],
  ['numeric', '-0', '0', 'correct'],
  ['numeric', '1e400', '10e399', 'correct'],
  ['numeric', '1e400', '1e401', 'incorrect'],
  ['numeric', '1e999999999', '1', 'malformed'],
  ['number-list', "['1.0', '2']", '[1, 2]', 'correct'],
  ['number-list', '1, 2', '[1, 2]', 'correct'],
  ['number-list', '[1, 9007199254740993]', '[1, 9007199254740992]', 'incorrect'],
  ['number-list', '[2, 1]', '[1, 2]', 'incorrect'],
  ['number-list', '[1, 2', '[1, 2]', 'malformed'],
  ['number-list', '[1, two]', '[1, 2]', 'malformed'],
  ['integer-set', '3*2*2', '2 × 2 × 3', 'correct'],
  ['integer-set', '2 × 6', '2 × 2 × 3', 'incorrect'],
  ['integer-set', '2*9007199254740993', '2*9007199254740992', 'incorrect'],
  ['integer-set', '9007199254740993*2*-3', '-3*2*9007199254740993', 'correct'],
  ['integer-set', '2 2 3', '2 × 2 × 3', 'malformed'],
  ['fraction', '\\frac{3}{4}', '3/4', 'correct'],
  ['fraction', '1/9007199254740993', '1/9007199254740992', 'incorrect'],
  ['fraction', '6/8', '3/4', 'incorrect'],
  ['fraction', '0.75', '3/4', 'malformed'],
];

for (const [check, candidate, reference, outcome] of table) {
  test(`${check}: '${candidate}' for '${reference}' is ${outcome}`, () => {
    assert.equal(answerChecks[check](candidate, reference, strict).outcome, outcome);
  });
}

test('blanks, case and a tolerance are forgiven only where asked for', () => {
  assert.equal(
    answerChecks.exact(' YES ', 'Yes', { ...strict, trims: true, ignoresCase: true }).outcome,
    'correct',
  );
  assert.equal(answerChecks['number-list']('[1.5]', '[1]', { ...strict, tolerance: 0.5 }).outcome, 'correct');
});

test('a tolerance is the decimal it is written as, and lies within the numbers it forgives', () => {
  const check = (candidate: string, reference: string, tolerance: number) =>
    answerChecks.numeric(candidate, reference, { ...strict, tolerance }).outcome;
  // In float64 1.1 − 1 is above 0.1.
  assert.equal(check('1.1', '1', 0.1), 'correct');
  assert.equal(check('1.1000000000000000000001', '1', 0.1), 'incorrect');
  assert.equal(check('123456789012345678901', '123456789012345678902', 1), 'correct');
  assert.equal(check('123456789012345678901', '123456789012345678903', 1), 'incorrect');
  assert.equal(check('1', '1.0000000001', 1e-10), 'correct');
  assert.equal(check('1', '1.0000000002', 1e-10), 'incorrect');
});
