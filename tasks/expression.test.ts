import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readExpression } from './expression.ts';
import { verifyExpression, type ExpressionGoal } from './verify-expression.ts';

const value = (text: string) => {
  const found = readExpression(text).value;
  return found === null ? null : Number(found.numerator) / Number(found.denominator);
};

test('expressions are evaluated exactly, with precedence, parentheses and unary minus', () => {
  assert.equal(value('05+10*13'), 135);
  assert.equal(value('(5 + 10) * 13'), 195);
  assert.equal(value('8/3*3'), 8);
  assert.deepEqual(readExpression('1/3+1/6').value, { numerator: 1n, denominator: 2n });
  assert.equal(value('10-4-3'), 3);
  assert.equal(value('-(2-5)*-2'), -6);
  assert.deepEqual(readExpression('2*(3+4)').numbers, [2n, 3n, 4n]);
});

test('a division by zero has no value', () => {
  assert.equal(value('1/(2-2)'), null);
  assert.equal(value('0*(1/0)'), null);
});

test('numbers beyond 2^53 are exact too, in between and at the end', () => {
  const whole = (text: string) => readExpression(text).value;
  assert.deepEqual(whole('9007199254740993*3'), { numerator: 27021597764222979n, denominator: 1n });
  assert.deepEqual(whole('6004799503160661/2-9007199254740991/3'), { numerator: 1n, denominator: 6n });
  assert.deepEqual(whole('1/(0-3)'), { numerator: -1n, denominator: 3n });
  assert.deepEqual(whole('0/(0-3)'), { numerator: 0n, denominator: 1n });
});

test('text that is no expression is refused, never executed', () => {
  for (const text of [
    '',
    '1+',
    '(1',
    '1)',
    '1 2',
    '2**3',
    '1.5',
    'process.exit()',
    '1;2',
    '()',
    '-',
    '1'.repeat(401),
  ]) {
    assert.throws(() => readExpression(text), SyntaxError, text);
  }
});

const goal: ExpressionGoal = { numbers: [5, 5, 10], target: 20, use: 'all-once', operators: ['+', '-', '*'] };
const outcome = (text: string, change: Partial<ExpressionGoal> = {}) =>
  verifyExpression(text, { ...goal, ...change }).outcome;

test('a solution uses each number as often as it is given, allowed operators, and reaches the target', () => {
  assert.equal(outcome('5+5+10'), 'correct');
  assert.equal(outcome('10+5+05'), 'correct');
  assert.equal(outcome('10+10'), 'incorrect');
  assert.equal(outcome('5*5-5'), 'incorrect');
  assert.equal(outcome('20'), 'incorrect');
  assert.equal(outcome('5+5+10+0'), 'incorrect');
  assert.equal(outcome('10/5*5+5', { target: 15 }), 'incorrect');
  assert.equal(outcome('5+5+'), 'malformed');
});

test('neighbours beyond 2^53 are other numbers than those given', () => {
  const large = { numbers: [2 ** 53 - 2, 1], target: 2 ** 53 - 1 };
  assert.equal(outcome('9007199254740990+1', large), 'correct');
  assert.equal(outcome('9007199254740991+1', large), 'incorrect');
  assert.equal(
    outcome('9007199254740993-9007199254740992', { numbers: [2 ** 53, 2 ** 53], target: 0 }),
    'incorrect',
  );
});

test('numbers may be left out only where each is used at most once', () => {
  assert.equal(outcome('10+5', { target: 15 }), 'incorrect');
  assert.equal(outcome('10+5', { target: 15, use: 'at-most-once' }), 'correct');
  assert.equal(outcome('10+10', { use: 'at-most-once' }), 'incorrect');
});
