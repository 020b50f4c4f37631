import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskTop } from './mask-top.ts';

test('the top share of the counted tokens is kept', () => {
  const entropies = Float32Array.of(0.1, 9, 0.4, 0.2, 0.3, 0.5);
  const tokenMask = Float32Array.of(1, 0, 1, 1, 1, 1);
  // Counted and sorted: 0.1 0.2 0.3 0.4 0.5; the 0.6 quantile lies at rank 2.4, which is 0.34.
  assert.deepEqual(maskTop(entropies, tokenMask, 0.4), Float32Array.of(0, 0, 1, 0, 0, 1));
  assert.deepEqual(maskTop(entropies, tokenMask, 1), tokenMask);
});

test('a quantile that falls on a token keeps it, whatever the share', () => {
  for (let percent = 1; percent < 100; percent += 1) {
    // With 101 distinct tokens the quantile lies exactly on the one with `percent` tokens above it.
    const entropies = Float32Array.from({ length: 101 }, (_, at) => at / 64);
    const mask = maskTop(entropies, new Float32Array(101).fill(1), percent / 100);
    assert.equal(mask.indexOf(1), 100 - percent, `${percent}%`);
  }
});

test('ties at the threshold are all kept', () => {
  const ones = new Float32Array(4).fill(1);
  assert.deepEqual(maskTop(ones, ones, 0.25), ones);
});

test('nothing counted leaves nothing', () => {
  assert.deepEqual(maskTop(Float32Array.of(1, 2), new Float32Array(2), 0.5), new Float32Array(2));
});

test('the top 40% of five entropies are the two at or above the interpolated threshold 3.4', () => {
  // 0.6 · 4 = 2.4 between the sorted values 3 and 4: 3.4.
  const mask = maskTop(Float32Array.of(5, 1, 4, 2, 3, 99), Float32Array.of(1, 1, 1, 1, 1, 0), 0.4);
  assert.deepEqual([...mask], [1, 0, 1, 0, 0, 0]);
});

test('a share of 1 keeps every counted token', () => {
  assert.deepEqual([...maskTop(Float32Array.of(1, 2), Float32Array.of(1, 0), 1)], [1, 0]);
});
