import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInterval } from './format-number.ts';

test('an interval has three decimals and signs', () => {
  assert.equal(formatInterval({ low: -0.0062, high: 0.0111 }), '−0.006 to +0.011');
});

test('one whose ends look alike is rounded outwards, so that it is neither a point nor in powers of ten', () => {
  assert.equal(formatInterval({ low: -2.7e-7, high: -7.2e-12 }), '−0.001 to 0.000');
  assert.equal(formatInterval({ low: 0.0121, high: 0.0123 }), '+0.012 to +0.013');
});

test('one of numbers that are the same but for rounding says that nothing varied', () => {
  assert.equal(formatInterval({ low: -1.1e-11, high: 0 }), 'nothing varied');
  assert.equal(formatInterval({ low: 0.4, high: 0.4 }), 'nothing varied');
});
