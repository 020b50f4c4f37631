import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { turnoverAt } from './turnover.ts';

const near = (found: number, expected: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);

test('by hand: one success in two samples of either arm falls to one side in half of the deals', () => {
  // Pooled 4 samples, 1 correct: it lies with the second arm in half of the deals.
  const found = turnoverAt({ n: 2, c: 0 }, { n: 2, c: 1 }, 2)!;
  assert.deepEqual([found.gained, found.lost], [1, 0]);
  near(found.chance, 1 / 2);
  // Pooled 4, 2 correct: both with the second arm in 1 of 6 deals.
  near(turnoverAt({ n: 2, c: 1 }, { n: 2, c: 1 }, 2)!.chance, 1 / 6);
  // k below n: s = 1/2 each, so 1/4; of the pooled pairs of different samples, wrong then right: 2/4 · 2/3.
  const single = turnoverAt({ n: 2, c: 1 }, { n: 2, c: 1 }, 1)!;
  assert.deepEqual([single.gained, single.lost], [0.25, 0.25]);
  near(single.chance, 1 / 3);
});

test('what nobody or everybody solves does not turn over, and k beyond the samples is undefined', () => {
  assert.deepEqual(turnoverAt({ n: 4, c: 0 }, { n: 4, c: 0 }, 4), { gained: 0, lost: 0, chance: 0 });
  assert.deepEqual(turnoverAt({ n: 4, c: 4 }, { n: 4, c: 4 }, 4), { gained: 0, lost: 0, chance: 0 });
  assert.equal(turnoverAt({ n: 4, c: 1 }, { n: 3, c: 1 }, 4), null);
});

test('two draws of one policy turn over as much as chance says, whatever the difficulties', () => {
  const draws = createGenerator(deriveStream(4, 'turnover'));
  let [gained, lost, chance] = [0, 0, 0];
  const problems = 20_000;
  for (let i = 0; i < problems; i += 1) {
    const p = 0.3 * draws.uniform() ** 2;
    const sample = () => ({
      n: 8,
      c: Array.from({ length: 8 }, () => draws.uniform() < p).filter(Boolean).length,
    });
    const found = turnoverAt(sample(), sample(), 8)!;
    gained += found.gained / problems;
    lost += found.lost / problems;
    chance += found.chance / problems;
  }
  assert.ok(chance > 0.1, `${chance}`);
  near(gained, chance, 0.01);
  near(lost, chance, 0.01);
});
