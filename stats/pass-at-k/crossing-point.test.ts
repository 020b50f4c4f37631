import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { crossingPoint, findCrossing } from './crossing-point.ts';
import { ScoreShapeError } from '../score-shape-error.ts';

const KS = [1, 2, 4, 8];
const cross = (leads: readonly number[]) => findCrossing(KS, (i) => leads[i]!);
const generator = () => createGenerator(deriveStream(1, 'crossing'));
const plan = { ks: KS, resamples: 400, level: 0.95 };

test('a crossing is read off between evaluated k, linear in log k', () => {
  // From +0.1 at k = 2 to −0.1 at k = 4: half of the way in log k, 2·√2.
  assert.deepEqual(cross([0.3, 0.1, -0.1, -0.2]), { state: 'crosses', k: 2 * Math.SQRT2 });
  // From +0.1 at k = 4 to −0.3 at k = 8: a quarter of the way.
  const late = cross([0.3, 0.2, 0.1, -0.3]);
  assert.equal(late.state, 'crosses');
  assert.ok(Math.abs(late.k! - 4 * 2 ** 0.25) < 1e-12);
});

test('a lead of exactly 0 is a crossing there; later leads do not matter', () => {
  assert.deepEqual(cross([0.3, 0, 0.2, 0.2]), { state: 'crosses', k: 2 });
});

test('no lead at the first k and a lead that is never lost are states of their own', () => {
  assert.deepEqual(cross([0, 0.1, 0.1, 0.1]), { state: 'at-start', k: 1 });
  assert.deepEqual(cross([-0.1, 0.1, 0.1, 0.1]), { state: 'at-start', k: 1 });
  assert.deepEqual(cross([0.1, 0.1, 0.1, 0.1]), { state: 'never', k: null });
});

test('equal runs and problems leave no doubt: the interval is the point', () => {
  const leads = [0.3, 0.1, -0.1, -0.2].map((lead) => [
    [lead, lead],
    [lead, lead],
  ]);
  const found = crossingPoint({ ...plan, leads, generator: generator() });
  for (const k of [found.crossing.k!, found.low!, found.high!])
    assert.ok(Math.abs(k - 2 * Math.SQRT2) < 1e-9);
  assert.deepEqual([found.atStartShare, found.neverShare], [0, 0]);
});

test('replicates that never cross are beyond every k, and are counted', () => {
  // One problem crosses between 1 and 2, the other never; alone, each decides. A replicate draws two of them:
  // (cross, cross) 1/4, mixed 1/2, (never, never) 1/4. Mixed: 0.2, 0, so k = 2.
  const leads = [[[0.2, 0.2]], [[-0.2, 0.2]], [[-0.2, 0.2]], [[-0.2, 0.2]]];
  const found = crossingPoint({ ...plan, leads, generator: generator() });
  assert.deepEqual(found.crossing, { state: 'crosses', k: 2 });
  assert.ok(Math.abs(found.low! - Math.SQRT2) < 1e-9);
  assert.equal(found.high, null);
  assert.ok(Math.abs(found.neverShare - 0.25) < 0.07, `${found.neverShare}`);
});

test('bases count the same however many runs they have', () => {
  // Base 0: one run with +0.3 then −0.1; base 1: three runs with +0.3 then −0.3. Means: +0.3, −0.2.
  const leads = [
    [[0.3], [0.3], [0.3], [0.3]],
    [[-0.1], [-0.3], [-0.3], [-0.3]],
  ];
  const found = crossingPoint({ ...plan, ks: [1, 2], leads, bases: [0, 1, 1, 1], generator: generator() });
  assert.ok(Math.abs(found.crossing.k! - 2 ** 0.6) < 1e-12);
});

test('leads of other shapes are refused', () => {
  const leads = [[[0.1, 0.2]], [[0.1]], [[0.1]], [[0.1]]];
  assert.throws(() => crossingPoint({ ...plan, leads, generator: generator() }), ScoreShapeError);
  assert.throws(() => crossingPoint({ ...plan, leads: [[[1]]], generator: generator() }), ScoreShapeError);
});
