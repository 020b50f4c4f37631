import assert from 'node:assert/strict';
import { test } from 'node:test';
import library from 'jstat';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { conditionalPower, decideAtLook, planLooks } from './group-sequential.ts';
import { adjustPValues } from './multiple-testing.ts';

const near = (found: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);
const thirds = planLooks([1 / 3, 2 / 3, 1], 0.05);

test('by hand: looks at 5, 10 and 15 of 15 bases spend .0007, .0157 and .0336, .05 in all', () => {
  // 2 − 2Φ(1.959964 / √t): 2 − 2Φ(3.394757) = .000687, 2 − 2Φ(2.400456) = .016375, .05.
  [0.000687, 0.016375, 0.05].forEach((spent, i) => near(thirds[i]!.spent, spent, 2e-6));
  [0.000687, 0.015688, 0.033625].forEach((level, i) => near(thirds[i]!.level, level, 3e-6));
  near(planLooks([1], 0.05)[0]!.level, 0.05, 1e-9);
  assert.throws(() => planLooks([0.5, 0.9], 0.05), RangeError);
  assert.throws(() => planLooks([0.5, 0.5, 1], 0.05), RangeError);
});

test('over all looks and hypotheses at most one family in twenty without truth has a claim shown', () => {
  const { jStat } = library;
  const draws = createGenerator(deriveStream(1, 'looks'));
  const trials = 10_000;
  // Each hypothesis: 15 bases of unit variance without effect, seen at 5, 10 and 15; t-tests. Two of three share most of their noise.
  let shown = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const rows = Array.from({ length: 15 }, () => {
      const shared = draws.normal();
      return [0.8 * shared + 0.6 * draws.normal(), 0.8 * shared + 0.6 * draws.normal(), draws.normal()];
    });
    const isShown = [5, 10, 15].some((bases, look) => {
      const ps = [0, 1, 2].map((column) => {
        const values = rows.slice(0, bases).map((row) => row[column]!);
        const mean = values.reduce((sum, value) => sum + value, 0) / bases;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (bases - 1);
        return 1 - jStat.studentt.cdf(mean / Math.sqrt(variance / bases), bases - 1);
      });
      const adjusted = adjustPValues(ps, 'holm');
      return ps.some(
        (p, i) => decideAtLook(thirds, look, { p, holmP: adjusted[i]!, hypotheses: 3 }) === 'shown',
      );
    });
    if (isShown) shown += 1;
  }
  const rate = shown / trials;
  assert.ok(rate <= 0.05 && rate > 0.03, `${rate}`);
});

test('a look shows, gives up or goes on; the last one decides', () => {
  const alone = (p: number) => ({ p, holmP: p, hypotheses: 1 });
  assert.equal(decideAtLook(thirds, 0, alone(0.0006)), 'shown');
  assert.equal(decideAtLook(thirds, 0, alone(0.02)), 'continue');
  assert.equal(decideAtLook(thirds, 1, alone(0.6)), 'futile');
  assert.equal(decideAtLook(thirds, 2, alone(0.033)), 'shown');
  assert.equal(decideAtLook(thirds, 2, alone(0.04)), 'not-shown');
  // Holm's p decides; a p that it makes 1 is given up by its own trend alone.
  assert.equal(decideAtLook(thirds, 0, { p: 0.0006, holmP: 0.0018, hypotheses: 3 }), 'continue');
  assert.equal(decideAtLook(thirds, 0, { p: 0.15, holmP: 0.75, hypotheses: 5 }), 'continue');
  assert.throws(() => decideAtLook(thirds, 3, alone(0.5)), RangeError);
  assert.throws(() => decideAtLook(thirds, 0, alone(1.5)), RangeError);
});

test('by hand: conditional power under the trend', () => {
  // z = 0 at half: 1 − Φ(1.644854 / √½) = 1 − Φ(2.326174).
  near(conditionalPower(0.5, 0.5, 0.05), 0.010005, 2e-5);
  // z = 1 at a third: (1.644854 − .577350 − ⅔·1.732051) / √⅔ = −.106768; 1 − Φ = .542514.
  near(conditionalPower(1 / 3, 0.158655254, 0.05), 0.542514, 2e-4);
});
