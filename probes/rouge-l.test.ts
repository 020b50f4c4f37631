import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rougeL } from './rouge-l.ts';

const words = (text: string): string[] => text.split(' ');

test('ROUGE-L is the harmonic mean of LCS/generated and LCS/reference', () => {
  // LCS "the cat mat" = 3; P = 3/4, R = 3/6, F = 2·0.375/1.25 = 0.6.
  assert.equal(rougeL(words('the cat big mat'), words('the cat sat on the mat')), 0.6);
  assert.equal(rougeL(words('a b c'), words('a b c')), 1);
  // The order counts: of "c b a" only one word stands in order.
  assert.equal(rougeL(words('c b a'), words('a b c')), 1 / 3);
});

test('ROUGE-L is 0 where nothing is shared or nothing was generated', () => {
  assert.equal(rougeL(words('x y'), words('a b')), 0);
  assert.equal(rougeL([], words('a b')), 0);
});
