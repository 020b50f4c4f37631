import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { brierScore, decomposeBrier, type Forecasts } from './calibration.ts';

const close = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${found}, expected ${expected}`);

test('by hand: 0.8 stated four times, right three times, and 0.2 stated four times, right twice', () => {
  const forecasts: Forecasts = {
    probabilities: [0.8, 0.8, 0.8, 0.8, 0.2, 0.2, 0.2, 0.2],
    outcomes: [1, 1, 1, 0, 1, 1, 0, 0],
  };
  const { reliability, resolution, uncertainty } = decomposeBrier(forecasts);
  // Accuracies 3/4 and 1/2, overall 5/8.
  close(reliability, (0.05 ** 2 + 0.3 ** 2) / 2);
  close(resolution, 0.125 ** 2);
  close(uncertainty, (5 / 8) * (3 / 8));
  close(reliability - resolution + uncertainty, brierScore(forecasts));
});

test('always stating the accuracy leaves uncertainty alone; stating what comes true leaves nothing', () => {
  const outcomes = [1, 0, 0, 0] as const;
  assert.deepEqual(decomposeBrier({ probabilities: [0.25, 0.25, 0.25, 0.25], outcomes }), {
    reliability: 0,
    resolution: 0,
    uncertainty: 0.1875,
  });
  assert.deepEqual(decomposeBrier({ probabilities: outcomes, outcomes }), {
    reliability: 0,
    resolution: 0.1875,
    uncertainty: 0.1875,
  });
});

test('hedging towards the middle mends reliability and tells nothing more', () => {
  const outcomes = [1, 0, 1, 0] as const;
  const sure = decomposeBrier({ probabilities: [1, 1, 0, 0], outcomes });
  const hedged = decomposeBrier({ probabilities: [0.75, 0.75, 0.25, 0.25], outcomes });
  assert.deepEqual([sure.reliability, hedged.reliability], [0.25, 0.0625]);
  assert.deepEqual([sure.resolution, hedged.resolution], [0, 0]);
});

test('the parts add up to the Brier score of any forecasts; none at all is refused', () => {
  const generator = createGenerator(deriveStream(5, 'forecasts'));
  const probabilities = Array.from({ length: 500 }, () => generator.integer(10) / 9);
  const outcomes = probabilities.map((p) => (generator.uniform() < 0.2 + 0.5 * p ? (1 as const) : 0));
  const parts = decomposeBrier({ probabilities, outcomes });
  close(parts.reliability - parts.resolution + parts.uncertainty, brierScore({ probabilities, outcomes }));
  assert.throws(() => decomposeBrier({ probabilities: [], outcomes: [] }), { name: 'ScoreShapeError' });
});
