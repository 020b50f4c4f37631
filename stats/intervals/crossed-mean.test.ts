import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { detectableEffect } from '../significance/detectable-effect.ts';
import { falseSupport, simulateDifferences } from '../significance/simulated-differences.fixture.ts';
import { crossedMean, hasNoSpread } from './crossed-mean.ts';

const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-9, `${found}, expected ${expected}`);

test('by hand: what each cell has for itself counts with the runs, and once', () => {
  // Unit means 3 and 6, problem means 3 and 6: s²/2 = 2.25 each. Residuals are ±0.5: 1 / (1 · 1 · 2 · 2) = 0.25.
  const found = crossedMean([[1, 5], [5, 7]], [0, 1])!; // prettier-ignore
  assert.equal(found.residualVariance, 0.25);
  assert.equal(found.runs.variance, 2.25);
  assert.equal(found.problems!.variance, 2);
  near(found.standardError ** 2, 4.25);
});

test('the squared error is never below the larger of the two spreads', () => {
  const draws = createGenerator(deriveStream(5, 'floor'));
  for (let i = 0; i < 50; i += 1) {
    const rows = Array.from({ length: 3 }, () => Array.from({ length: 4 }, () => draws.normal()));
    const found = crossedMean(rows, [0, 1, 2])!;
    const raw = crossedMean(rows[0]!.map((_, p) => rows.map((row) => row[p]!)), [0, 1, 2, 3])!; // prettier-ignore
    assert.ok(found.standardError ** 2 >= Math.max(found.runs.variance, raw.runs.variance) - 1e-12);
    assert.ok(found.problems!.variance >= 0);
  }
  // Runs that agree in the mean though not on any problem: all spread there is lies between problems.
  const level = crossedMean([[1, 4], [3, 2]], [0, 1])!; // prettier-ignore
  assert.equal(level.runs.variance, 0);
  near(level.standardError ** 2, 0.25);
  assert.ok(!hasNoSpread(level));
});

test("the detectable effect at the level of Holm's first step is larger, by the quantile of that level", () => {
  // Two units and two problems without residual: t with 1 degree of freedom, SE = √2; t(.95), t(.99), t(.80) from tables.
  const found = crossedMean([[1, 3], [3, 5]], [0, 1])!; // prettier-ignore
  const close = (effect: number | null, expected: number): void =>
    assert.ok(Math.abs(effect! - expected) < 1e-3, `${effect}, expected ${expected}`);
  close(detectableEffect(found, 1), (6.31375 + 1.37638) * Math.SQRT2);
  close(detectableEffect(found, 1, 0.05 / 5), (31.82052 + 1.37638) * Math.SQRT2);
  assert.throws(() => detectableEffect(found, 1, 0), RangeError);
});

test('where problems and samples make the noise the error is about what it is, not its double', () => {
  const design = { bases: 10, seedsPerBase: 1, problems: 64 };
  const spread = { base: 0, seed: 0, problem: 0, noise: 0.3 };
  const squares = Array.from({ length: 200 }, (_, experiment) => {
    const { differences, bases } = simulateDifferences(design, { spread, experiment });
    return crossedMean(differences, bases)!.standardError ** 2;
  });
  const ratio = squares.reduce((sum, value) => sum + value, 0) / squares.length / (0.09 / 640);
  // Counting the residual twice gives 2; the floor, the larger of two estimates, leaves a little over 1.
  assert.ok(ratio > 1 && ratio < 1.3, `${ratio}`);
});

test('an RL seed that all bases share hides from the bases: false support is no longer one in twenty', () => {
  const design = { bases: 5, seedsPerBase: 1, problems: 32 };
  const spread = { base: 0.02, seed: 0.03, problem: 0.05, noise: 0.1 };
  const experiments = 800;
  const own = falseSupport(design, { spread, experiments });
  const shared = falseSupport(design, { spread, experiments, runSeed: (_, rlSeed) => rlSeed });
  assert.ok(own <= 0.05 + 4 * Math.sqrt((0.05 * 0.95) / experiments), `${own}`);
  assert.ok(shared > 0.1 && shared < 0.25, `${shared}`);
});
