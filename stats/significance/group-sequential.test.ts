import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { conditionalPower, decideAtLook, planLooks } from './group-sequential.ts';

const near = (found: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);

test('the critical values are those that gsDesign publishes for the same spending', () => {
  // gsDesign(test.type = 1, alpha = 0.025, sfu = sfLDOF), k = 3 and k = 5; printed to four places.
  const published = [[3.7103, 2.5114, 1.993], [4.8769, 3.3569, 2.6803, 2.2898, 2.031]]; // prettier-ignore
  for (const bounds of published) {
    const fractions = bounds.map((_, i) => (i + 1) / bounds.length);
    planLooks(fractions, 0.025).forEach(({ criticalZ }, i) => near(criticalZ, bounds[i]!, 2e-4));
  }
});

test('looks at 5, 10 and 15 of 15 bases spend .0007, .016 and .05, the first two nearly nothing', () => {
  const looks = planLooks([1 / 3, 2 / 3, 1], 0.05);
  [0.00069, 0.01637, 0.05].forEach((spent, i) => near(looks[i]!.spent, spent, 5e-5));
  near(looks[0]!.criticalP, looks[0]!.spent, 1e-6);
  assert.ok(looks[2]!.criticalP < 0.05 && looks[2]!.criticalP > 0.04);
  near(planLooks([1], 0.05)[0]!.criticalZ, 1.64485, 1e-4);
});

test('over all looks one claim in twenty without truth is shown', () => {
  const looks = planLooks([1 / 3, 2 / 3, 1], 0.05);
  const draws = createGenerator(deriveStream(1, 'looks'));
  const trials = 40_000;
  let shown = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    let sum = 0;
    const isShown = looks.some(({ criticalZ }, i) => {
      sum += draws.normal();
      return sum / Math.sqrt(i + 1) >= criticalZ;
    });
    if (isShown) shown += 1;
  }
  near(shown / trials, 0.05, 4 * Math.sqrt((0.05 * 0.95) / trials));
});

test('a look shows, gives up or goes on; the last one decides', () => {
  const looks = planLooks([1 / 3, 2 / 3, 1], 0.05);
  assert.equal(decideAtLook(looks, 0, 0.0005), 'shown');
  assert.equal(decideAtLook(looks, 0, 0.02), 'continue');
  assert.equal(decideAtLook(looks, 1, 0.6), 'futile');
  assert.equal(decideAtLook(looks, 2, 0.04), 'shown');
  assert.equal(decideAtLook(looks, 2, 0.2), 'not-shown');
  assert.throws(() => decideAtLook(looks, 3, 0.5), RangeError);
  assert.throws(() => planLooks([0.5, 0.9], 0.05), RangeError);
});

test('by hand: at half of the data and z = 0 only chance is left', () => {
  const looks = planLooks([0.5, 1], 0.05);
  // 1 − Φ(z_last / √½); z_last by a plain sum over the first look.
  near(looks[1]!.criticalZ, 1.66211, 1e-4);
  near(conditionalPower(looks, 0, 0.5), 0.00937, 1e-4);
});
