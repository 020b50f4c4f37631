import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { fitLogisticRegression, predictProbability, type LabelledRows } from './logistic-regression.ts';

const isClose = (a: number, b: number, tolerance = 1e-9): boolean => Math.abs(a - b) < tolerance;

/** Noisy rows whose true chance is σ(0.5 + 2·x₀ − x₁). */
function drawRows(count: number): LabelledRows {
  const generator = createGenerator(deriveStream(3, 'logistic'));
  const features = Array.from({ length: count }, () => [generator.normal(), 5 + 3 * generator.normal(), 7]);
  const outcomes = features.map(([a, b]) => {
    const chance = 1 / (1 + Math.exp(-(0.5 + 2 * a! - (b! - 5) / 3)));
    return generator.uniform() < chance ? 1 : 0;
  });
  return { features, outcomes };
}

test('two symmetric points: the weight solves 2·(1 − σ(w)) = ridge·w and the intercept is 0', () => {
  const { intercept, weights } = fitLogisticRegression({ features: [[-3], [3]], outcomes: [0, 1] });
  assert.ok(isClose(intercept, 0));
  const w = weights[0]!;
  assert.ok(isClose(2 * (1 - 1 / (1 + Math.exp(-w))), w));
});

test('at the solution the slope of the penalised likelihood is zero in every direction', () => {
  const data = drawRows(200);
  for (const ridge of [0.1, 1, 10]) {
    const model = fitLogisticRegression(data, ridge);
    const residuals = data.features.map((row, i) => data.outcomes[i]! - predictProbability(model, row));
    assert.ok(isClose(residuals.reduce((sum, value) => sum + value, 0), ridge * model.intercept, 1e-7)); // prettier-ignore
    model.weights.forEach((weight, column) => {
      const slope = residuals.reduce(
        (sum, residual, i) =>
          sum + (residual * (data.features[i]![column]! - model.centres[column]!)) / model.scales[column]!,
        0,
      );
      assert.ok(isClose(slope, ridge * weight, 1e-7), `feature ${column}`);
    });
  }
});

test('it finds the chances that the rows were drawn with, and a constant feature weighs nothing', () => {
  const model = fitLogisticRegression(drawRows(20_000));
  assert.ok(isClose(model.intercept, 0.5, 0.1));
  assert.ok(isClose(model.weights[0]!, 2, 0.1));
  assert.ok(isClose(model.weights[1]!, -1, 0.1));
  assert.equal(model.weights[2], 0);
  assert.ok(isClose(predictProbability(model, [1, 2, 7]), 1 / (1 + Math.exp(-3.5)), 0.02));
});

test('separated classes and a single class stay finite', () => {
  const separated = fitLogisticRegression({ features: [[0], [1], [10], [11]], outcomes: [0, 0, 1, 1] });
  assert.ok(predictProbability(separated, [11]) > 0.7 && Number.isFinite(separated.weights[0]!));
  const single = fitLogisticRegression({ features: [[1], [2], [3]], outcomes: [1, 1, 1] });
  assert.ok(predictProbability(single, [2]) > 0.5 && predictProbability(single, [2]) < 1);
});

test('no rows, uneven rows and features that are no numbers are refused', () => {
  assert.throws(() => fitLogisticRegression({ features: [], outcomes: [] }), { name: 'ScoreShapeError' });
  assert.throws(() => fitLogisticRegression({ features: [[1], [1, 2]], outcomes: [0, 1] }));
  assert.throws(() => fitLogisticRegression({ features: [[NaN]], outcomes: [0] }));
});
