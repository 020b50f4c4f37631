import { ScoreShapeError } from '../score-shape-error.ts';

/** A fitted classifier: chance of 1 = σ(intercept + Σ weight · (feature − centre) / scale). */
export interface LogisticModel {
  readonly intercept: number;
  readonly weights: readonly number[];
  /** Mean and standard deviation (population) of each feature where it was fitted; a constant feature has scale 1. */
  readonly centres: readonly number[];
  readonly scales: readonly number[];
}

export interface LabelledRows {
  /** [rows][features] */
  readonly features: readonly (readonly number[])[];
  readonly outcomes: readonly (0 | 1)[];
}

const MAX_STEPS = 100;
const TOLERANCE = 1e-10;

const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function assertRows({ features, outcomes }: LabelledRows): void {
  const width = features[0]?.length ?? 0;
  const isRectangle = features.every((row) => row.length === width && row.every(Number.isFinite));
  if (features.length === outcomes.length && features.length > 0 && isRectangle) return;
  throw new ScoreShapeError(
    `logistic regression needs a rectangle of finite features beside as many outcomes, at least one, found ${features.length} and ${outcomes.length}`,
  );
}

/** Solves the symmetric positive definite system `matrix · x = right` by elimination; both are overwritten. */
function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  for (let column = 0; column < size; column += 1) {
    for (let row = column + 1; row < size; row += 1) {
      const factor = matrix[row]![column]! / matrix[column]![column]!;
      for (let at = column; at < size; at += 1) matrix[row]![at]! -= factor * matrix[column]![at]!;
      right[row]! -= factor * right[column]!;
    }
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let at = row + 1; at < size; at += 1) right[row]! -= matrix[row]![at]! * right[at]!;
    right[row]! /= matrix[row]![row]!;
  }
  return right;
}

/** Minus log likelihood plus ridge/2 · ‖coefficients‖². */
function lossOf(
  rows: readonly number[][],
  outcomes: readonly (0 | 1)[],
  at: readonly number[],
  ridge: number,
) {
  const penalty = (ridge / 2) * dot(at, at);
  return rows.reduce((sum, row, i) => {
    const score = dot(row, at);
    // log(1 + e^s) without overflow
    return sum + Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - outcomes[i]! * score;
  }, penalty);
}

/** The Newton step from `at`: (Xᵀ diag(p(1−p)) X + ridge·I)⁻¹ (Xᵀ(y − p) − ridge·at). */
function newtonStep(
  rows: readonly number[][],
  outcomes: readonly (0 | 1)[],
  at: readonly number[],
  ridge: number,
): number[] {
  const slope = at.map((value) => -ridge * value);
  const curvature = at.map((_, i) => at.map((__, j) => (i === j ? ridge : 0)));
  rows.forEach((row, r) => {
    const p = sigmoid(dot(row, at));
    row.forEach((value, i) => {
      slope[i]! += value * (outcomes[r]! - p);
      row.forEach((other, j) => {
        curvature[i]![j]! += p * (1 - p) * value * other;
      });
    });
  });
  return solve(curvature, slope);
}

/** Newton's method with halved steps where a full one would climb. */
function minimize(rows: readonly number[][], outcomes: readonly (0 | 1)[], ridge: number): number[] {
  let at = rows[0]!.map(() => 0);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const direction = newtonStep(rows, outcomes, at, ridge);
    const start = lossOf(rows, outcomes, at, ridge);
    let length = 1;
    const move = (): number[] => at.map((value, i) => value + length * direction[i]!);
    while (lossOf(rows, outcomes, move(), ridge) > start && length > TOLERANCE) length /= 2;
    at = move();
    if (Math.max(...direction.map(Math.abs)) * length < TOLERANCE) break;
  }
  return at;
}

/**
 * Ridge logistic regression on standardised features, by Newton's method in float64. The penalty ridge/2 · (intercept² +
 * ‖weights‖²) keeps it finite where the classes separate or only one occurs.
 *
 * @param ridge above 0
 * @throws {ScoreShapeError} without rows, or with features that are no rectangle of finite numbers
 */
export function fitLogisticRegression(data: LabelledRows, ridge = 1): LogisticModel {
  assertRows(data);
  const { features, outcomes } = data;
  const columns = features[0]!.map((_, column) => features.map((row) => row[column]!));
  const centres = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const scales = columns.map((values, i) => {
    const variance = values.reduce((sum, value) => sum + (value - centres[i]!) ** 2, 0) / values.length;
    return Math.sqrt(variance) || 1;
  });
  const rows = features.map((row) => [1, ...row.map((value, i) => (value - centres[i]!) / scales[i]!)]);
  const [intercept, ...weights] = minimize(rows, outcomes, ridge);
  return { intercept: intercept!, weights, centres, scales };
}

/** The chance of 1 that the model gives to one row of features. */
export function predictProbability(model: LogisticModel, features: readonly number[]): number {
  const { intercept, weights, centres, scales } = model;
  return sigmoid(intercept + dot(weights, features.map((value, i) => (value - centres[i]!) / scales[i]!))); // prettier-ignore
}
