import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossedMean } from '../intervals/crossed-mean.ts';
import { clusteredError, independentError, publishedErrors } from './published-errors.fixture.ts';
import { simulateDifferences } from './simulated-differences.fixture.ts';

const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${found}, expected ${expected}`);

test('by hand: a cluster of equal scores counts as one', () => {
  // Deviations −½ −½ ½ ½: alone 4 · ¼ / 16 = 1/16; in pairs (1 + 1) / 16 = 1/8.
  near(independentError([0, 0, 1, 1]), Math.sqrt(1 / 16));
  near(clusteredError([0, 0, 1, 1], [7, 7, 9, 9]), Math.sqrt(1 / 8));
  // Deviations −1 1 1 −1 cancel within each pair.
  near(clusteredError([0, 2, 2, 0], [1, 1, 2, 2]), 0);
});

test("the rule's two variances are the published clustered errors with U − 1 and P − 1 in place of U and P", () => {
  const [units, problems] = [5, 12];
  const spread = { base: 0.1, seed: 0, problem: 0.1, noise: 0.05 };
  const { differences, bases } = simulateDifferences(
    { bases: units, seedsPerBase: 1, problems },
    { spread, experiment: 3 },
  );
  const found = crossedMean(differences, bases)!;
  const published = publishedErrors(differences, bases);
  assert.ok(found.residualVariance < found.runs.variance);
  near(found.runs.variance, (published.bases ** 2 * units) / (units - 1));
  near(
    found.problems!.variance + found.residualVariance,
    (published.problems ** 2 * problems) / (problems - 1),
  );
});
