import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { schemeSchema, type Scheme } from '../spec/scheme.ts';
import { controlTokens, type TokenControl } from './control-tokens.ts';

const defaults = schemeSchema.shape.loss.parse(undefined);

/**
 * Two rows of three columns, the last one padding. A is 2 in the first row and −2 in the second (mean 0), current logprobs
 * −1, −3 | −3, −1 (mean −2): covariances 2, −2 | 2, −2.
 */
const columns = {
  credit: Float32Array.of(2, 2, 0, -2, -2, 0),
  logprobs: Float32Array.of(-1, -3, 0, -3, -1, 0),
  entropies: new Float32Array(6),
  tokenMask: Float32Array.of(1, 1, 0, 1, 1, 0),
};
const current = {
  logprobs: Float32Array.of(-1, -3, 0, -3, -1, 0),
  entropies: Float32Array.of(0.1, 0.2, 0, 0.3, 0.4, 0),
};

function control(
  options: Partial<Scheme['loss']>,
  call: { logprobs?: Float32Array; credit?: Float32Array; cell?: number } = {},
): TokenControl {
  const { logprobs = columns.logprobs, credit = columns.credit, cell = 0 } = call;
  const generator = createGenerator(deriveStream(4, 'clip-cov'), cell);
  const batch = { completionLength: 3, perToken: { ...columns, logprobs, credit } };
  return controlTokens(batch, () => current, {
    options: { ...defaults, ...options },
    generator,
  });
}

test('without a control nothing is scored and every counted token learns', () => {
  const found = controlTokens(
    { completionLength: 3, perToken: columns },
    () => {
      throw new Error('scored');
    },
    { options: defaults, generator: createGenerator(deriveStream(0, 'clip-cov')) },
  );
  assert.deepEqual(found, { gradientMask: columns.tokenMask, penaltySlopes: null, chosen: null });
});

test('Clip-Cov silences max(1, ⌊share · tokens⌋) candidates', () => {
  const one = control({ covarianceControl: 'clip', covarianceShare: 0.0002 });
  assert.equal(one.chosen, 1);
  assert.equal(
    one.gradientMask.reduce((a, b) => a + b, 0),
    3,
  );
  const both = control({ covarianceControl: 'clip', covarianceShare: 0.5 });
  assert.deepEqual([...both.gradientMask], [0, 1, 0, 0, 1, 0]);
  assert.equal(both.penaltySlopes, null);
});

test('Clip-Cov draws another token with another counter and the same with the same', () => {
  const draws = Array.from({ length: 8 }, (_, cell) => [
    ...control({ covarianceControl: 'clip' }, { cell }).gradientMask,
  ]);
  assert.equal(new Set(draws.map((mask) => mask.join())).size, 2);
  assert.deepEqual(draws[5], [...control({ covarianceControl: 'clip' }, { cell: 5 }).gradientMask]);
});

test('covariances on or beyond the bounds are no candidates', () => {
  for (const bounds of [{ covarianceLow: 2 }, { covarianceHigh: 2 }]) {
    const found = control({ covarianceControl: 'clip', covarianceShare: 1, ...bounds });
    assert.equal(found.chosen, 0);
    assert.deepEqual(found.gradientMask, columns.tokenMask);
  }
});

test('a token that the clip has silenced already is no candidate', () => {
  // The first token's ratio is e^0.5 with A > 0: clipped. Without a clip it is a candidate again.
  const logprobs = Float32Array.of(-1.5, -3, 0, -3, -1, 0);
  const options = { covarianceControl: 'clip', covarianceShare: 1 } as const;
  assert.deepEqual([...control(options, { logprobs }).gradientMask], [1, 1, 0, 0, 1, 0]);
  const unclipped = control({ ...options, objective: 'unclipped' }, { logprobs });
  assert.deepEqual([...unclipped.gradientMask], [0, 1, 0, 0, 1, 0]);
});

test('at sequence level a row is clipped by its mean ratio', () => {
  // Mean log ratio of the first row: 0.25, beyond log 1.2; of its second token alone: 0.
  const logprobs = Float32Array.of(-1.5, -3, 0, -3, -1, 0);
  const found = control(
    { covarianceControl: 'clip', covarianceShare: 1, covarianceLow: -9, ratioLevel: 'sequence' },
    { logprobs },
  );
  assert.deepEqual([...found.gradientMask], [1, 1, 0, 0, 0, 0]);
});

test('KL-Cov gives the highest covariances a slope of the penalty in the direction they moved', () => {
  const logprobs = Float32Array.of(-1.5, -3, 0, -2.5, -1, 0);
  const two = control(
    { covarianceControl: 'kl', covarianceShare: 0.5, covariancePenalty: 0.25 },
    { logprobs },
  );
  assert.deepEqual([...two.penaltySlopes!], [0.25, 0, 0, -0.25, 0, 0]);
  assert.deepEqual(two.gradientMask, columns.tokenMask);
  const one = control({ covarianceControl: 'kl' }, { logprobs });
  assert.deepEqual([...one.penaltySlopes!], [1, 0, 0, 0, 0, 0]);
});

test('KL-Cov never takes a token of negative covariance, and none when nobody has an advantage', () => {
  assert.equal(control({ covarianceControl: 'kl', covarianceShare: 1 }).chosen, 2);
  assert.equal(
    control({ covarianceControl: 'kl', covarianceShare: 1 }, { credit: new Float32Array(6) }).chosen,
    0,
  );
});

test('differences by rounding alone have no slope', () => {
  const logprobs = columns.logprobs.map((value) => value * (1 + 1e-6));
  const found = control({ covarianceControl: 'kl', covarianceShare: 1 }, { logprobs });
  assert.equal(found.chosen, 2);
  assert.ok(found.penaltySlopes!.every((slope) => slope === 0));
});

test('the entropy mask and Clip-Cov both take tokens away', () => {
  const found = control({ covarianceControl: 'clip', covarianceShare: 1, topEntropyQuantile: 0.5 });
  // The upper half of the entropies is the second row; its first token has covariance 2.
  assert.deepEqual([...found.gradientMask], [0, 0, 0, 0, 1, 0]);
  assert.equal(found.chosen, 1);
});
