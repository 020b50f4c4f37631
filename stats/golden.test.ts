/** Every case of tests/fixtures/pass-at-k.json and statistics.json, at the tolerances of that folder's README. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createGenerator, type Generator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { aggregateScores, probabilityOfImprovement, trimmedMean } from './intervals/aggregate-scores.ts';
import { clopperPearsonInterval, wilsonInterval } from './intervals/binomial-interval.ts';
import { auroc, averagePrecision, brierScore, expectedCalibrationError } from './measures/calibration.ts';
import { clusteredBootstrap } from './intervals/clustered-bootstrap.ts';
import { krippendorffAlpha, type MeasurementLevel } from './measures/krippendorff-alpha.ts';
import { majorityAtK, type VoteRule } from './pass-at-k/majority-at-k.ts';
import { mcnemarExact } from './significance/mcnemar.ts';
import { adjustPValues } from './significance/multiple-testing.ts';
import { meanOverProblems, passAtK, passHatK } from './pass-at-k/pass-at-k.ts';
import type { IntervalEstimate } from './quantile.ts';
import { signFlipTest, type Alternative } from './significance/sign-flip-test.ts';
import { stratifiedBootstrap } from './intervals/stratified-bootstrap.ts';
import { wilcoxonSignedRank } from './significance/wilcoxon-signed-rank.ts';

interface Exact {
  value: number | null;
}
interface PassFixture {
  cases: { n: number; c: number; k: number; pass_at_k: Exact; pass_hat_k: Exact }[];
  means: {
    name: string;
    n: number[];
    c: number[];
    k: number[];
    mean_pass_at_k: Exact[];
    mean_pass_hat_k: Exact[];
  }[];
  maj_at_k: ({ answers: (string | null)[]; correct: string; k: number } & Record<string, unknown>)[];
}
interface GoldenCase<Inputs, Expected> {
  name: string;
  inputs: Inputs;
  expected: Expected;
}

const load = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../tests/fixtures/${name}`, import.meta.url), 'utf8'));
const passFixture = load('pass-at-k.json') as PassFixture;
const { cases } = load('statistics.json') as { cases: GoldenCase<unknown, unknown>[] };

function eachCase<Inputs, Expected>(name: string, check: (inputs: Inputs, expected: Expected) => void): void {
  const found = cases.filter((golden) => golden.name === name) as GoldenCase<Inputs, Expected>[];
  assert.ok(found.length > 0, `no golden case named ${name}`);
  for (const { inputs, expected } of found) check(inputs, expected);
}

function assertClose(
  found: number | null,
  want: number | null,
  tolerance = { rtol: 1e-8, atol: 1e-10 },
): void {
  if (found === null || want === null) return assert.equal(found, want);
  const allowed = tolerance.atol + tolerance.rtol * Math.abs(want);
  assert.ok(Math.abs(found - want) <= allowed, `found ${found}, expected ${want} within ${allowed}`);
}

const EXACT = { rtol: 1e-10, atol: 1e-12 };
const generator = (): Generator => createGenerator(deriveStream(7, 'golden'));

test('pass@k and pass^k equal the exact fractions, null beyond n', () => {
  for (const { n, c, k, pass_at_k, pass_hat_k } of passFixture.cases) {
    assertClose(passAtK({ n, c }, k), pass_at_k.value, EXACT);
    assertClose(passHatK({ n, c }, k), pass_hat_k.value, EXACT);
  }
});

test('means of pass@k and pass^k over problems equal the exact fractions', () => {
  for (const { n, c, k: ks, ...expected } of passFixture.means) {
    const problems = n.map((samples, i) => ({ n: samples, c: c[i]! }));
    ks.forEach((k, i) => {
      assertClose(meanOverProblems(problems, k, passAtK), expected.mean_pass_at_k[i]!.value, EXACT);
      assertClose(meanOverProblems(problems, k, passHatK), expected.mean_pass_hat_k[i]!.value, EXACT);
    });
  }
});

test('maj@k equals exact enumeration under each tie rule', () => {
  const rules: Record<string, VoteRule> = {
    without_replacement_uniform_ties: 'without-replacement/uniform-ties',
    without_replacement_first_seen_ties: 'without-replacement/first-seen-ties',
    with_replacement_uniform_ties: 'with-replacement/uniform-ties',
  };
  for (const { answers, correct, k, ...expected } of passFixture.maj_at_k) {
    for (const [key, rule] of Object.entries(rules)) {
      assertClose(majorityAtK({ answers, correct, k, rule }), (expected[key] as Exact).value, EXACT);
    }
  }
});

test('aggregates equal rliable', () => {
  eachCase<{ scores: number[][] }, Record<string, number>>('aggregate_scores', ({ scores }, expected) => {
    const found = aggregateScores(scores);
    assertClose(found.iqm, expected['iqm']!);
    assertClose(found.mean, expected['mean']!);
    assertClose(found.median, expected['median']!);
    assertClose(found.optimalityGap, expected['optimality_gap']!);
  });
  eachCase<{ x: number[][]; y: number[][] }, { value: number }>(
    'probability_of_improvement',
    ({ x, y }, { value }) => assertClose(probabilityOfImprovement(x, y), value),
  );
});

test('the trimmed mean equals scipy', () => {
  eachCase<{ values: number[]; proportion_to_cut_each_side: number }, { value: number }>(
    'trimmed_mean',
    ({ values, proportion_to_cut_each_side }, { value }) =>
      assertClose(trimmedMean(values, proportion_to_cut_each_side), value),
  );
});

test('Wilcoxon signed-rank equals scipy in every method, zero rule and alternative', () => {
  type Expected = Record<string, { statistic: number; p: number; z?: number }>;
  eachCase<{ differences: number[] }, Expected>('wilcoxon_signed_rank', ({ differences }, expected) => {
    for (const [key, want] of Object.entries(expected)) {
      const parts = key.split('/');
      const found = wilcoxonSignedRank({
        differences,
        alternative: parts.at(-1) as Alternative,
        method: parts[0] as 'exact' | 'normal',
        ...(parts[0] === 'normal' && {
          zeros: parts[1] as 'wilcox' | 'pratt',
          continuityCorrection: parts[2] === 'corrected',
        }),
      });
      assertClose(found.statistic, want.statistic);
      assertClose(found.p, want.p);
      assertClose(found.z, want.z ?? null);
    }
  });
});

test('the exact sign-flip test equals scipy', () => {
  type Expected = { mean_difference: number; p: Record<Alternative, number> };
  eachCase<{ x: number[]; y: number[] }, Expected>('paired_permutation_exact', ({ x, y }, expected) => {
    const differences = x.map((value, i) => value - y[i]!);
    for (const alternative of ['two-sided', 'greater', 'less'] as const) {
      const found = signFlipTest({ differences, alternative, generator: generator() });
      assert.ok(found.isExact);
      assertClose(found.meanDifference, expected.mean_difference);
      assertClose(found.p, expected.p[alternative]);
    }
  });
});

test('McNemar equals statsmodels', () => {
  type Table = [[number, number], [number, number]];
  eachCase<{ table: Table }, { p: number }>('mcnemar_exact', ({ table }, { p }) =>
    assertClose(mcnemarExact(table), p),
  );
});

test('adjusted p-values equal statsmodels', () => {
  type Expected = Record<string, { adjusted: number[]; rejected_at_0_05: boolean[] }>;
  eachCase<{ p: number[] }, Expected>('multiple_testing', ({ p }, expected) => {
    for (const correction of ['holm', 'benjamini-hochberg', 'bonferroni'] as const) {
      const { adjusted, rejected_at_0_05 } = expected[correction.replace('-', '_')]!;
      const found = adjustPValues(p, correction);
      found.forEach((value, i) => assertClose(value, adjusted[i]!));
      assert.deepEqual(
        found.map((value) => value <= 0.05),
        rejected_at_0_05,
      );
    }
  });
});

test('Wilson and Clopper–Pearson intervals equal statsmodels', () => {
  type Expected = Record<string, [number, number]>;
  eachCase<{ successes: number; trials: number }, Expected>(
    'binomial_interval',
    ({ successes, trials }, expected) => {
      for (const [key, want] of Object.entries(expected)) {
        const [method, level] = key.split('/');
        const interval = method === 'wilson' ? wilsonInterval : clopperPearsonInterval;
        interval(successes, trials, Number(level)).forEach((end, i) => assertClose(end, want[i]!));
      }
    },
  );
});

interface IntervalExpected {
  point: number;
  lower: number;
  upper: number;
  tolerance: number;
}

function assertInterval(found: IntervalEstimate, expected: IntervalExpected): void {
  assertClose(found.estimate, expected.point);
  assertClose(found.low, expected.lower, { rtol: 0, atol: expected.tolerance });
  assertClose(found.high, expected.upper, { rtol: 0, atol: expected.tolerance });
}

test('bootstrap intervals lie within the tolerance of rliable and numpy', () => {
  type Stratified = { scores: number[][]; statistic: 'iqm' | 'mean'; confidence: number };
  eachCase<Stratified, IntervalExpected>('stratified_bootstrap_interval', (inputs, expected) => {
    const { scores, statistic, confidence: level } = inputs;
    const found = stratifiedBootstrap({
      scores,
      statistic,
      level,
      resamples: 20_000,
      generator: generator(),
    });
    assertInterval(found, expected);
  });
  type Clustered = { values: number[]; clusters: number[]; confidence: number };
  eachCase<Clustered, IntervalExpected>('clustered_bootstrap_interval', (inputs, expected) => {
    const { values, clusters, confidence: level } = inputs;
    const found = clusteredBootstrap({ values, clusters, level, resamples: 20_000, generator: generator() });
    assertInterval(found, expected);
  });
});

test('calibration equals scikit-learn, undefined AUROC included', () => {
  type Inputs = { probabilities: number[]; outcomes: (0 | 1)[] };
  eachCase<Inputs, Record<string, number>>('calibration', (forecasts, expected) => {
    assertClose(brierScore(forecasts), expected['brier']!);
    assertClose(expectedCalibrationError(forecasts), expected['ece_15']!, { rtol: 1e-6, atol: 1e-6 });
    assertClose(auroc(forecasts), expected['auroc']!);
    assertClose(averagePrecision(forecasts), expected['average_precision']!);
  });
  eachCase<Inputs, { auroc: number | null }>('auroc_edge', (forecasts, expected) =>
    assertClose(auroc(forecasts), expected.auroc),
  );
});

test("Krippendorff's alpha equals the krippendorff package at every level of measurement", () => {
  type Expected = Record<MeasurementLevel, number>;
  eachCase<{ ratings: (number | null)[][] }, Expected>('krippendorff_alpha', ({ ratings }, expected) => {
    for (const level of ['nominal', 'ordinal', 'interval'] as const) {
      assertClose(krippendorffAlpha(ratings, level), expected[level]);
    }
  });
});
