import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitEntropyLaw } from './entropy-law.ts';
import { ScoreShapeError } from '../score-shape-error.ts';

function assertNear(got: number, want: number): void {
  assert.ok(Math.abs(got - want) < 1e-12, `${got} for ${want}`);
}

test('points on a curve give its coefficients and ceiling back', () => {
  const entropies = [0, 0.3, 1.1, 2];
  const law = fitEntropyLaw(
    entropies,
    entropies.map((entropy) => -0.1 * Math.exp(entropy) + 0.9),
  )!;
  assertNear(law.a, 0.1);
  assertNear(law.b, 0.9);
  assertNear(law.ceiling, 0.8);
  assertNear(law.rSquared!, 1);
});

test('scattered points give the least-squares line in e^H', () => {
  // e^H = 1, 2, 3 and R = 0.9, 0.5, 0.4: slope ((−1)·0.3 + 1·(−0.2)) / 2 = −0.25, mean R 0.6, b = 0.6 + 0.25·2.
  const law = fitEntropyLaw([0, Math.log(2), Math.log(3)], [0.9, 0.5, 0.4])!;
  assertNear(law.a, 0.25);
  assertNear(law.b, 1.1);
  assertNear(law.ceiling, 0.85);
  // Residuals 0.05, −0.1, 0.05: 0.015 of a total of 0.09 + 0.01 + 0.04 = 0.14.
  assertNear(law.rSquared!, 1 - 0.015 / 0.14);
});

test('equal entropies or a single pair determine no line', () => {
  assert.equal(fitEntropyLaw([0.5, 0.5], [0.1, 0.2]), null);
  assert.equal(fitEntropyLaw([0.5], [0.1]), null);
});

test('rewards that never change have slope 0 and no R²', () => {
  const law = fitEntropyLaw([0, 1], [0.5, 0.5])!;
  assertNear(law.a, 0);
  assert.equal(law.ceiling, 0.5);
  assert.equal(law.rSquared, null);
});

test('pairs that are missing or not finite are refused', () => {
  assert.throws(() => fitEntropyLaw([], []), ScoreShapeError);
  assert.throws(() => fitEntropyLaw([1, 2], [1]), ScoreShapeError);
  assert.throws(() => fitEntropyLaw([1, 2], [1, Number.NaN]), /pair 1 is entropy 2, reward NaN/);
});
