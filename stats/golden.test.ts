/** Every case of tests/fixtures/pass-at-k.json and statistics.json, at the tolerances of that folder's README. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createGenerator, type Generator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { clopperPearsonInterval } from './intervals/binomial-interval.ts';
import { auroc, brierScore, expectedCalibrationError } from './measures/calibration.ts';
import { majorityAtK, type VoteRule } from './pass-at-k/majority-at-k.ts';
import { adjustPValues } from './significance/multiple-testing.ts';
import { meanOverProblems, passAtK, passHatK } from './pass-at-k/pass-at-k.ts';
import { signFlipTest, type Alternative } from './significance/sign-flip-test.ts';

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

test('adjusted p-values equal statsmodels', () => {
  type Expected = Record<string, { adjusted: number[]; rejected_at_0_05: boolean[] }>;
  eachCase<{ p: number[] }, Expected>('multiple_testing', ({ p }, expected) => {
    for (const correction of ['holm', 'benjamini-hochberg'] as const) {
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

test('Clopper–Pearson intervals equal statsmodels', () => {
  type Expected = Record<string, [number, number]>;
  eachCase<{ successes: number; trials: number }, Expected>(
    'binomial_interval',
    ({ successes, trials }, expected) => {
      for (const [key, want] of Object.entries(expected)) {
        const level = Number(key.split('/')[1]);
        clopperPearsonInterval(successes, trials, level).forEach((end, i) => assertClose(end, want[i]!));
      }
    },
  );
});

test('calibration equals scikit-learn, undefined AUROC included', () => {
  type Inputs = { probabilities: number[]; outcomes: (0 | 1)[] };
  eachCase<Inputs, Record<string, number>>('calibration', (forecasts, expected) => {
    assertClose(brierScore(forecasts), expected['brier']!);
    assertClose(expectedCalibrationError(forecasts), expected['ece_15']!, { rtol: 1e-6, atol: 1e-6 });
    assertClose(auroc(forecasts), expected['auroc']!);
  });
  eachCase<Inputs, { auroc: number | null }>('auroc_edge', (forecasts, expected) =>
    assertClose(auroc(forecasts), expected.auroc),
  );
});
