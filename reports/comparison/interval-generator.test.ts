import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BAND_RESAMPLES, RESAMPLES, resamplesOver } from './interval-generator.ts';

test('an interval has all replicates up to ten thousand problems, then as many as 10⁸ draws make, and 200 at least', () => {
  assert.equal(resamplesOver(10_000), RESAMPLES);
  assert.equal(resamplesOver(50_000, BAND_RESAMPLES), BAND_RESAMPLES);
  assert.equal(resamplesOver(100_000), 1000);
  assert.equal(resamplesOver(5_000_000), 200);
});
