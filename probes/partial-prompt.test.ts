import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutPrompt, scoreContinuation } from './partial-prompt.ts';

test('a prompt is cut after the given percentage of its characters, rounded down', () => {
  // Eleven characters: 60 % are 6.6.
  assert.deepEqual(cutPrompt('47+8-3*2+6=', 60), { kept: '47+8-3', missing: '*2+6=' });
  assert.deepEqual(cutPrompt('47+8-3*2+6=', 80), { kept: '47+8-3*2', missing: '+6=' });
});

test('something is always shown and something is always missing', () => {
  assert.deepEqual(cutPrompt('abc', 10), { kept: 'a', missing: 'bc' });
  assert.deepEqual(cutPrompt('ab', 99), { kept: 'a', missing: 'b' });
});

test('a continuation counts up to the length of the missing part', () => {
  assert.deepEqual(scoreContinuation('*2+6=[16]#16', '*2+6=', 'characters'), { exactMatch: 1, rougeL: 1 });
  // "*2-6=" shares four of five characters in order.
  assert.deepEqual(scoreContinuation('*2-6=#04', '*2+6=', 'characters'), { exactMatch: 0, rougeL: 0.8 });
  // Two characters, both right: P = 1, R = 2/5, F = 0.8/1.4.
  const short = scoreContinuation('*2', '*2+6=', 'characters');
  assert.equal(short.exactMatch, 0);
  assert.ok(Math.abs(short.rougeL - 0.8 / 1.4) < 1e-12);
});

test('words are compared whole, whatever the blanks between them', () => {
  const scores = scoreContinuation('How many  apples are left? 3', 'many apples are left?', 'words');
  // "How many apples are" against "many apples are left?": three of four in order.
  assert.deepEqual(scores, { exactMatch: 0, rougeL: 0.75 });
});
