import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { ScoreShapeError } from '../score-shape-error.ts';
import { splitGap } from './split-gap.ts';

const shared = { resamples: 2000, level: 0.95, generator: createGenerator(deriveStream(0, 'gap')) };

test('the gap is the difference of the two means, inside its interval', () => {
  const first = [
    [1, 0.5, 0.75],
    [1, 1, 0.5],
  ];
  const second = [
    [0.25, 0.5],
    [0, 0.25],
  ];
  const gap = splitGap({ ...shared, first, second });
  assert.ok(Math.abs(gap.estimate - (4.75 / 6 - 0.25)) < 1e-12);
  assert.ok(gap.low < gap.estimate && gap.estimate < gap.high);
});

test('luck that a seed has on both splits cancels', () => {
  const first = [0, 0.3, -0.2].map((luck) => [0.6 + luck, 0.6 + luck]);
  const second = [0, 0.3, -0.2].map((luck) => [0.4 + luck, 0.4 + luck, 0.4 + luck]);
  const gap = splitGap({ ...shared, first, second });
  assert.ok(Math.abs(gap.low - 0.2) < 1e-12 && Math.abs(gap.high - 0.2) < 1e-12);
});

test('splits of other runs are refused', () => {
  assert.throws(() => splitGap({ ...shared, first: [[1]], second: [[1], [0]] }), ScoreShapeError);
});
