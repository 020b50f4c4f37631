import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brierOf, tabulateCalibration, tabulateReliability } from './calibration-table.ts';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';

type Confidences = EvaluationCount['confidences'];

const final = (runs: readonly (readonly Confidences[])[]): FinalCounts => ({
  condition: 'rlcr',
  split: 'clean',
  problemIds: runs[0]!.map((_, i) => `p${i}`),
  seeds: runs.map((_, seed) => seed),
  bases: runs.map(() => 0),
  counts: runs.map((problems) => problems.map((confidences) => ({ confidences }) as EvaluationCount)),
});

/** Metric → [mean, lowest, highest, runs]. */
function measured(finals: readonly FinalCounts[]): Record<string, number[]> {
  const rows = tabulateCalibration(finals);
  return Object.fromEntries(
    rows.map(({ metric, mean, lowest, highest, runs }) => [metric, [mean, lowest, highest, runs]]),
  );
}

test('one run by hand: confidence 1 right in 3 of 4, confidence 0 right in 1 of 4, two samples without any', () => {
  const problems = [
    { '1': { n: 2, c: 2 }, '': { n: 2, c: 0 } },
    { '1': { n: 2, c: 1 }, '0': { n: 4, c: 1 } },
  ];
  const found = measured([final([problems])]);
  assert.deepEqual(found['stated'], [0.8, 0.8, 0.8, 1]);
  assert.deepEqual(found['accuracy'], [0.5, 0.5, 0.5, 1]);
  assert.deepEqual(found['mean_confidence'], [0.5, 0.5, 0.5, 1]);
  // Each group of four is off by 1/4 of its samples: both errors are 1/4.
  assert.deepEqual(found['brier'], [0.25, 0.25, 0.25, 1]);
  // Stated 1 and 0, came true 3/4 and 1/4, overall 1/2: both distances are 1/4, squared 1/16, so 1/16 − 1/16 + 1/4.
  assert.deepEqual(found['reliability'], [0.0625, 0.0625, 0.0625, 1]);
  assert.deepEqual(found['resolution'], [0.0625, 0.0625, 0.0625, 1]);
  assert.deepEqual(found['uncertainty'], [0.25, 0.25, 0.25, 1]);
  assert.deepEqual(found['ece'], [0.25, 0.25, 0.25, 1]);
  // Of 4·4 pairs right–wrong: 9 ordered, 1 the wrong way, 6 tied.
  assert.deepEqual(found['auroc'], [0.75, 0.75, 0.75, 1]);
  assert.deepEqual(tabulateReliability([final([problems])]), [
    { condition: 'rlcr', split: 'clean', confidence: 0, samples: 4, accuracy: 0.25 },
    { condition: 'rlcr', split: 'clean', confidence: 1, samples: 4, accuracy: 0.75 },
  ]);
});

test('runs are averaged, not pooled; a measure that a run lacks is left out of its mean', () => {
  const certain = [{ '1': { n: 4, c: 4 } }];
  const unsure = [{ '0': { n: 2, c: 1 }, '1': { n: 2, c: 1 } }];
  const silent = [{ '': { n: 4, c: 0 } }];
  const found = measured([final([certain, unsure, silent])]);
  assert.deepEqual(found['brier'], [0.25, 0, 0.5, 2]);
  assert.deepEqual(found['auroc'], [0.5, 0.5, 0.5, 1]);
  assert.deepEqual(found['stated'], [2 / 3, 0, 1, 3]);
});

test('the Brier score of a problem is over its samples that state a confidence; without any it has none', () => {
  // 2 right at 1: 0 each; 1 right and 3 wrong at 1/2: 1/4 each; 2 that state none.
  const confidences = { '1': { n: 2, c: 2 }, '0.5': { n: 4, c: 1 }, '': { n: 2, c: 2 } };
  assert.equal(brierOf({ confidences }), 1 / 6);
  assert.equal(brierOf({ confidences: { '0': { n: 4, c: 3 } } }), 0.75);
  assert.equal(brierOf({ confidences: { '': { n: 4, c: 3 } } }), null);
  assert.equal(brierOf({ confidences: null }), null);
});

test('where no format states a confidence there is no row', () => {
  assert.deepEqual(tabulateCalibration([final([[null, null]])]), []);
  assert.deepEqual(tabulateReliability([final([[null, null]])]), []);
});
