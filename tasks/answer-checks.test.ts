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
  ['number-list', "['1.0', '2']", '[1, 2]', 'correct'],
  ['number-list', '1, 2', '[1, 2]', 'correct'],
  ['number-list', '[2, 1]', '[1, 2]', 'incorrect'],
  ['number-list', '[1, 2', '[1, 2]', 'malformed'],
  ['number-list', '[1, two]', '[1, 2]', 'malformed'],
  ['integer-set', '3*2*2', '2 × 2 × 3', 'correct'],
  ['integer-set', '2 × 6', '2 × 2 × 3', 'incorrect'],
  ['integer-set', '2 2 3', '2 × 2 × 3', 'malformed'],
  ['fraction', '\\frac{3}{4}', '3/4', 'correct'],
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
