import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { percentileInterval, quantile } from './quantile.ts';
import { signFlipTest, type Alternative } from './significance/sign-flip-test.ts';

const generator = () => createGenerator(deriveStream(3, 'not-a-number'));
const signFlip = (differences: readonly number[], alternative: Alternative = 'two-sided') =>
  signFlipTest({ differences, alternative, generator: generator(), resamples: 99 });
/** Each would otherwise sort NaN to an end, or compare with it and find false. */
const refusals: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['a quantile', () => quantile([NaN, 1, 2], 0.5), /^values\[0\] of 3 is NaN/],
  [
    'a percentile interval',
    () => percentileInterval(Float64Array.of(1, NaN, 2), 0.9),
    /^replicates\[1\] of 3 is NaN/,
  ],
  ['a sign-flip test', () => signFlip([1, NaN, 2]), /^differences\[1\] of 3 is NaN/],
  ['a sampled sign-flip test', () => signFlip([...Array<number>(20).fill(1), NaN]), /^differences\[20\]/],
];

for (const [name, compute, message] of refusals) {
  test(`${name} of a value that is not a number is refused by place`, () => {
    assert.throws(compute, { name: 'ScoreShapeError', message });
  });
}

test('infinite differences are refused, and so is a sum that overflows, where either gave p = 0', () => {
  assert.throws(() => signFlip([1, -Infinity]), {
    name: 'ScoreShapeError',
    message: /^differences\[1\] of 2 is -Infinity/,
  });
  assert.throws(() => signFlip([1e308, 1e308]), {
    name: 'ScoreShapeError',
    message: /^the 2 differences sum to Infinity/,
  });
});

test('p of a sign-flip test is never below one over the patterns, which hold the observed one', () => {
  for (const size of [1, 5, 16, 17, 64]) {
    const differences = Array.from({ length: size }, (_, i) => 1 + i / 7);
    for (const [alternative, sign] of [
      ['greater', 1],
      ['less', -1],
      ['two-sided', 1],
    ] as const) {
      const { p, patterns, isExact } = signFlip(
        differences.map((difference) => sign * difference),
        alternative,
      );
      assert.equal(patterns, size <= 16 ? 2 ** size : 100);
      assert.equal(isExact, size <= 16);
      assert.equal(p, (isExact && alternative === 'two-sided' ? 2 : 1) / patterns);
    }
  }
});
