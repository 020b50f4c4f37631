/** Every case of tests/fixtures/paired-comparisons.json: a comparison of two single runs as a report weighs it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { weighHypothesis } from '../../stats/significance/weigh-hypothesis.ts';
import { weighPaired } from './weigh-difference.ts';

interface Expected {
  readonly difference: number;
  readonly error: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly p_greater: number;
}

interface Golden {
  readonly baseline: number[];
  readonly treatment: number[];
  readonly clusters: number[];
  readonly by_problem: Expected;
  readonly by_cluster: Expected;
}

const text = readFileSync(new URL('../../tests/fixtures/paired-comparisons.json', import.meta.url), 'utf8');
const { cases } = JSON.parse(text) as { cases: Golden[] };

/** jstat's quantiles of t are good to about 1e-8. */
const OF_T = 2e-8;

function near(found: number | null, expected: number, what: string, allowed = OF_T): void {
  assert.ok(
    found !== null && Math.abs(found - expected) <= allowed,
    `${what} is ${found}, expected ${expected}`,
  );
}

function assertAgrees({ baseline, treatment }: Golden, expected: Expected, clusters?: number[]): void {
  const draws = { resamples: 200, generator: createGenerator(deriveStream(0, 'golden')) };
  const measure = { k: 1, baseline: [baseline], treatment: [treatment] };
  const shared = { bases: [0], ...(clusters === undefined ? {} : { clusters }) };
  const [row] = weighPaired([measure], shared, draws);
  near(row!.difference, expected.difference, 'difference', 1e-12);
  near(row!.standardError, expected.error, 'standard error', 1e-12);
  near(row!.low, expected.low, 'low');
  near(row!.high, expected.high, 'high');
  near(row!.p, expected.p, 'p');
  const evidence = weighHypothesis({
    differences: [treatment.map((score, i) => score - baseline[i]!)],
    ...{ ...shared, ...draws, population: 'problems', claim: 'greater', margin: 0, interest: null },
    ...{ hypotheses: 1, level: 0.95 },
  })!;
  near(evidence.supportP, expected.p_greater, 'one-sided p');
  near(evidence.contradictP, 1 - expected.p_greater, 'p of the opposite');
  near(evidence.low, expected.low, 'low of the verdict');
  near(evidence.high, expected.high, 'high of the verdict');
}

test('single runs are compared as by scipy’s paired t-test', () => {
  for (const golden of cases) assertAgrees(golden, golden.by_problem);
});

test('clusters of problems are those of statsmodels’ cluster covariance, with its correction for few of them', () => {
  for (const golden of cases) assertAgrees(golden, golden.by_cluster, golden.clusters);
});
