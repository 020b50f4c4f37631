import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mean } from '../intervals/aggregate-scores.ts';
import { expectedPower, neededBases, varianceComponents, type VarianceComponents } from './power.ts';
import { shownShare, simulateDifferences, type Spread } from './simulated-differences.fixture.ts';

const toComponents = ({ base, seed, problem, noise }: Spread): VarianceComponents => ({
  bases: base ** 2,
  seeds: seed ** 2,
  problems: problem ** 2,
  residual: noise ** 2,
  sampling: 0,
});
const spread = { base: 0.03, seed: 0.02, problem: 0.1, noise: 0.2 };

test('expected power is what simulated experiments show, within three points', () => {
  const cases = [
    [{ bases: 5, seedsPerBase: 1, problems: 48 }, spread, 0.07, 0.05],
    [{ bases: 3, seedsPerBase: 2, problems: 48 }, spread, 0.1, 0.05],
    [{ bases: 10, seedsPerBase: 1, problems: 48 }, { ...spread, base: 0, noise: 0.3 }, 0.05, 0.05 / 7],
    [{ bases: 1, seedsPerBase: 5, problems: 48 }, spread, 0.06, 0.05],
  ] as const;
  for (const [design, of, effect, alpha] of cases) {
    // With one base its own part is no chance of other seeds.
    const declared = design.bases === 1 ? { ...of, base: 0 } : of;
    const expected = expectedPower({
      effect,
      components: toComponents(declared),
      design: { ...design, samples: 1 },
      alpha,
    });
    const found = shownShare(design, { spread: declared, effect, alpha, experiments: 2000 });
    assert.ok(expected > 0.3 && expected < 0.95, `${expected} tells nothing`);
    // Three points, and two standard errors of the simulation.
    assert.ok(
      Math.abs(expected - found) <= 0.03 + 2 * Math.sqrt(0.25 / 2000),
      `${expected} against ${found}`,
    );
  }
});

test('power without an effect is at most the level, and grows with bases, seeds, problems and samples', () => {
  const question = {
    effect: 0.05,
    components: { ...toComponents(spread), sampling: 0.25 },
    design: { bases: 5, seedsPerBase: 1, problems: 48, samples: 4 },
    alpha: 0.05,
  };
  assert.ok(expectedPower({ ...question, effect: 0 }) <= 0.055);
  const power = expectedPower(question);
  for (const more of [{ bases: 8 }, { seedsPerBase: 3 }, { problems: 96 }, { samples: 64 }])
    assert.ok(expectedPower({ ...question, design: { ...question.design, ...more } }) > power + 0.005);
  assert.ok(expectedPower({ ...question, alpha: 0.01 }) < power);
  assert.ok(expectedPower({ ...question, bounds: 2 }) < power);
});

test('the bases needed are the fewest with that power, and none where the problems limit', () => {
  const question = {
    effect: 0.05,
    components: toComponents(spread),
    design: { seedsPerBase: 1, problems: 96, samples: 1 },
    alpha: 0.05,
  };
  const bases = neededBases(question)!;
  const powerAt = (count: number): number =>
    expectedPower({ ...question, design: { ...question.design, bases: count } });
  assert.ok(powerAt(bases) >= 0.8 && powerAt(bases - 1) < 0.8, `${bases}`);
  assert.equal(neededBases({ ...question, design: { ...question.design, problems: 8 } }), null);
});

test('components are found again in many runs: the mean of the estimates is what was simulated', () => {
  const design = { bases: 6, seedsPerBase: 3, problems: 40 };
  const found = Array.from({ length: 200 }, (_, experiment) => {
    const { differences, bases } = simulateDifferences(design, { spread, experiment });
    return varianceComponents(differences, bases);
  });
  const expected = toComponents(spread);
  for (const name of ['bases', 'seeds', 'problems', 'residual'] as const) {
    const ratio = mean(found.map((components) => components[name])) / expected[name];
    assert.ok(ratio > 0.8 && ratio < 1.25, `${name} ${ratio}`);
  }
});

test('by hand: with one seed per base the bases hold both; sampling is taken out of the residual', () => {
  // Run means 3 and 6, problem means 3 and 6, residuals ±0.5: cell 1 / 1; s² = 4.5 each, less 1/2.
  const found = varianceComponents([[1, 5], [5, 7]], [0, 1], { perSample: 2, samples: 4 }); // prettier-ignore
  assert.deepEqual(found, { bases: 4, seeds: 0, problems: 4, residual: 0.5, sampling: 2 });
});

test('a design that cannot be decided, or a level that is none, is refused', () => {
  const question = {
    effect: 0.05,
    components: toComponents(spread),
    design: { bases: 5, seedsPerBase: 1, problems: 48, samples: 1 },
    alpha: 0.05,
  };
  assert.throws(() => expectedPower({ ...question, design: { ...question.design, bases: 1 } }), RangeError);
  assert.throws(
    () => expectedPower({ ...question, design: { ...question.design, problems: 1.5 } }),
    RangeError,
  );
  assert.throws(() => expectedPower({ ...question, alpha: 0.5 }), RangeError);
  const none = toComponents({ base: 0, seed: 0, problem: 0, noise: 0 });
  assert.throws(() => expectedPower({ ...question, components: none }), RangeError);
});
