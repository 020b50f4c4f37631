/** Where the estimators here agree with what others publish, and by how much they differ where they are meant to. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { crossedMean } from './intervals/crossed-mean.ts';
import { meanInterval } from './intervals/mean-interval.ts';
import {
  bonettPriceInterval,
  clusteredInterval,
  momentsInterval,
  pairedInterval,
  type Interval,
} from './intervals/published-intervals.fixture.ts';
import { detectableEffect } from './significance/detectable-effect.ts';
import {
  clusteredError,
  independentError,
  publishedErrors,
} from './significance/published-errors.fixture.ts';

interface Student {
  error: number;
  low: number;
  high: number;
}
interface Cases {
  clustered_error: {
    inputs: { scores: number[]; clusters: number[] };
    expected: Record<'clustered' | 'clustered_corrected' | 'independent' | 'independent_corrected', number>;
  };
  paired_difference: {
    inputs: { differences: number[][] };
    expected: Record<'problems' | 'runs' | 'both', number> & Record<'problem_means' | 'run_means', Student>;
  };
  detectable: {
    inputs: { sd: number; n: number; icc: number; cluster_size: number; alpha: number; power: number };
    expected: { detectable: number; exact: number | null };
  };
  repeated_answers: {
    inputs: { differences: number[][] };
    expected: { moments: Interval; bonett_price: Interval };
  };
}

const text = readFileSync(new URL('../tests/fixtures/published-formulas.json', import.meta.url), 'utf8');
const { cases } = JSON.parse(text) as { cases: (Cases[keyof Cases] & { name: string })[] };

function casesOf<Name extends keyof Cases>(name: Name): Cases[Name][] {
  const found = cases.filter((golden) => golden.name === name);
  assert.ok(found.length > 0, `no golden case named ${name}`);
  return found as unknown as Cases[Name][];
}

function near(found: number, expected: number, { relative = 1e-9, absolute = 1e-12 } = {}): void {
  const allowed = absolute + relative * Math.abs(expected);
  assert.ok(Math.abs(found - expected) <= allowed, `${found}, expected ${expected} within ${allowed}`);
}

/** jstat's quantiles of t are good to about 1e-8. */
function nearInterval(found: Interval, low: number, high: number): void {
  near(found[0], low, { absolute: 1e-8 });
  near(found[1], high, { absolute: 1e-8 });
}

const averageColumns = (rows: number[][]): number[] =>
  rows[0]!.map((_, column) => rows.reduce((sum, row) => sum + row[column]! / rows.length, 0));
const averageRows = (rows: number[][]): number[] =>
  rows.map((row) => row.reduce((sum, value) => sum + value / row.length, 0));

test("Miller's errors are statsmodels' without correction, and evaluatellm's are √(G/(G − 1)) larger", () => {
  for (const { inputs, expected } of casesOf('clustered_error')) {
    const clustered = clusteredError(inputs.scores, inputs.clusters);
    const independent = independentError(inputs.scores);
    near(clustered, expected.clustered);
    near(independent, expected.independent);
    const clusters = new Set(inputs.clusters).size;
    near(clustered * Math.sqrt(clusters / (clusters - 1)), expected.clustered_corrected);
    const n = inputs.scores.length;
    near(independent * Math.sqrt(n / (n - 1)), expected.independent_corrected);
  }
});

test('the published errors of paired differences are statsmodels’ one-way and two-way clustered ones', () => {
  for (const { inputs, expected } of casesOf('paired_difference')) {
    const rows = inputs.differences.map((_, row) => row);
    const found = publishedErrors(inputs.differences, rows);
    near(found.problems, expected.problems);
    near(found.bases, expected.runs);
    near(found.bothWays, expected.both);
    const [low, high] = clusteredInterval(inputs.differences);
    near((high - low) / 2, 1.959963984540054 * expected.problems);
  }
});

test("evaluatellm's paired interval is Student's of the problems' means", () => {
  for (const { inputs, expected } of casesOf('paired_difference')) {
    const { low, high } = expected.problem_means;
    nearInterval(meanInterval(averageColumns(inputs.differences))!, low, high);
    nearInterval(pairedInterval(inputs.differences), low, high);
    const { run_means: ofRuns } = expected;
    nearInterval(meanInterval(averageRows(inputs.differences))!, ofRuns.low, ofRuns.high);
  }
});

test("the rule's two variances are those of both of evaluatellm's errors, the residual taken off once", () => {
  for (const { inputs, expected } of casesOf('paired_difference')) {
    const bases = inputs.differences.map((_, row) => row);
    const found = crossedMean(inputs.differences, bases)!;
    near(found.runs.variance, expected.run_means.error ** 2);
    const shared = Math.min(found.residualVariance, found.runs.variance);
    near(found.problems!.variance, Math.max(0, expected.problem_means.error ** 2 - shared));
    assert.ok(
      found.standardError >= Math.max(expected.run_means.error, expected.problem_means.error) - 1e-12,
    );
  }
});

test("detectable effects are Miller's and evaluatellm's with many units, and nearer the exact ones with few", () => {
  for (const { inputs, expected } of casesOf('detectable')) {
    // `detectableEffect` plans for this power.
    assert.equal(inputs.power, 0.8);
    const variance = (inputs.sd ** 2 * (1 + (inputs.cluster_size - 1) * inputs.icc)) / inputs.n;
    const planned = (degreesOfFreedom: number): number => {
      const found = crossedMean([[0], [1]], [0, 1])!;
      const runs = { variance, degreesOfFreedom };
      return detectableEffect({ ...found, standardError: Math.sqrt(variance), runs }, 1, inputs.alpha / 2)!;
    };
    near(planned(1e6), expected.detectable, { relative: 1e-5 });
    if (expected.exact === null) continue;
    const few = planned(inputs.n - 1);
    near(few, expected.exact, { relative: 0.012 });
    assert.ok(Math.abs(few - expected.exact) < (expected.exact - expected.detectable) / 2);
  }
  const [example] = casesOf('detectable');
  // Miller 2024, section 5: 969 questions show three points at a variance of 1/9.
  assert.equal(example!.inputs.n, 969);
  near(example!.expected.detectable, 0.03, { relative: 1e-5 });
});

test('intervals for repeated answers are those of evalstats itself', () => {
  for (const { inputs, expected } of casesOf('repeated_answers')) {
    nearInterval(momentsInterval(inputs.differences), ...expected.moments);
    nearInterval(bonettPriceInterval(inputs.differences), ...expected.bonett_price);
  }
});
