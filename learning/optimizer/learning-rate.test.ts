import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learningRateAt, type LearningRateSchedule } from './learning-rate.ts';

const base: LearningRateSchedule = {
  peak: 0.1,
  warmupSteps: 4,
  shape: 'constant',
  totalSteps: 14,
  finalFraction: 0.2,
};

function assertRate(schedule: LearningRateSchedule, step: number, want: number): void {
  assert.ok(Math.abs(learningRateAt(schedule, step) - want) < 1e-12, `step ${step}`);
}

test('the rate rises linearly to the peak, which comes first at step warmupSteps', () => {
  assertRate(base, 0, 0.02);
  assertRate(base, 3, 0.08);
  assertRate(base, 4, 0.1);
  assertRate({ ...base, warmupSteps: 0 }, 0, 0.1);
});

test('a constant schedule stays at the peak', () => assertRate(base, 1000, 0.1));

test('a linear schedule is half way down in its middle and ends at the final fraction', () => {
  const linear = { ...base, shape: 'linear' } as const;
  assertRate(linear, 9, 0.1 * (0.2 + 0.8 / 2));
  assertRate(linear, 14, 0.02);
  assertRate(linear, 99, 0.02);
});

test('a cosine schedule follows half a cosine', () => {
  const cosine = { ...base, shape: 'cosine' } as const;
  assertRate(cosine, 4, 0.1);
  assertRate(cosine, 9, 0.1 * (0.2 + 0.8 / 2));
  assertRate(cosine, 6, 0.1 * (0.2 + 0.8 * (0.5 + Math.cos(Math.PI / 5) / 2)));
  assertRate(cosine, 14, 0.02);
});
