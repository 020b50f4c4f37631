import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator, type Generator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import type { Claim } from './claim-bounds.ts';
import { criticalValue, crossedMean, upperTailP } from '../intervals/crossed-mean.ts';
import { decideHypotheses } from './decide-hypothesis.ts';
import { detectableEffect, neededRuns } from './detectable-effect.ts';
import { ScoreShapeError } from '../score-shape-error.ts';
import { weighHypothesis, type HypothesisEvidence } from './weigh-hypothesis.ts';

const close = (found: number, expected: number, tolerance = 1e-9): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);

interface Spread {
  readonly base: number;
  readonly seed: number;
  readonly problem: number;
  readonly noise: number;
}

/** Differences of B bases with S seeds each on P problems, normal around `effect`. */
function simulate(
  draws: Generator,
  [bases, seeds, problems]: readonly [number, number, number],
  { spread, effect = 0 }: { readonly spread: Spread; readonly effect?: number },
): { differences: number[][]; bases: number[] } {
  const shared = Array.from({ length: problems }, () => spread.problem * draws.normal());
  const differences: number[][] = [];
  const labels: number[] = [];
  for (let base = 0; base < bases; base += 1) {
    const ofBase = spread.base * draws.normal();
    for (let seed = 0; seed < seeds; seed += 1) {
      const ofSeed = spread.seed * draws.normal();
      differences.push(
        shared.map((value) => effect + ofBase + ofSeed + value + spread.noise * draws.normal()),
      );
      labels.push(base);
    }
  }
  return { differences, bases: labels };
}

function weigh(
  differences: number[][],
  bases: number[],
  [claim, margin]: readonly [Claim, number],
): HypothesisEvidence {
  return weighHypothesis({
    differences,
    bases,
    claim,
    margin,
    interest: null,
    hypotheses: 1,
    resamples: 500,
    generator: createGenerator(deriveStream(1, 'evidence')),
    level: 0.95,
  })!;
}

test('mean, error and p of a two by two layout agree with the hand', () => {
  // Base means 2 and 4, problem means 2 and 4: each adds s²/2 = 1 to the squared error, with one degree of freedom.
  const found = crossedMean(
    [
      [1, 3],
      [3, 5],
    ],
    [0, 1],
  )!;
  assert.equal(found.estimate, 3);
  assert.deepEqual(found.runs, { variance: 1, degreesOfFreedom: 1 });
  assert.deepEqual(found.problems, { variance: 1, degreesOfFreedom: 1 });
  close(found.standardError, Math.SQRT2);
  assert.equal(found.residualVariance, 0);
  // t with one degree of freedom is Cauchy: its upper tail is 1/2 − atan(t)/π.
  close(upperTailP(found, 0), 0.5 - Math.atan(3 / Math.SQRT2) / Math.PI, 1e-8);
  close(upperTailP(found, 4), 0.5 + Math.atan(1 / Math.SQRT2) / Math.PI, 1e-8);
  close(criticalValue(found, 0.025), 12.7062047, 1e-6);
});

test('with several bases these are the units, whatever the seeds; with one base its seeds are', () => {
  const rows = [[0, 0], [2, 2], [4, 4], [6, 6]]; // prettier-ignore
  const nested = crossedMean(rows, [0, 0, 1, 1])!;
  assert.deepEqual([nested.bases, nested.pairs, nested.estimate], [2, 4, 3]);
  // Base means 1 and 5: s²/2 = 8/2. Within bases s² = 2, over two seeds and two bases 2/4.
  assert.deepEqual(nested.runs, { variance: 4, degreesOfFreedom: 1 });
  close(nested.withinBases!, 0.5);
  const single = crossedMean(rows, [7, 7, 7, 7])!;
  assert.deepEqual([single.bases, single.runs.degreesOfFreedom, single.withinBases], [1, 3, null]);
  const uneven = crossedMean([[0], [2], [4]], [0, 0, 1])!;
  assert.deepEqual([uneven.estimate, uneven.problems], [2.5, null]);
  assert.equal(crossedMean([[1, 2]], [0]), null);
  assert.throws(() => crossedMean([[1], [2]], [0]), ScoreShapeError);
});

test('each claim is held to its margin, and contradicted only on the far side of it', () => {
  const draws = createGenerator(deriveStream(2, 'claims'));
  const spread = { base: 0.003, seed: 0.003, problem: 0.02, noise: 0.02 };
  const { differences, bases } = simulate(draws, [3, 2, 60], { spread, effect: 0.1 });
  const verdictOf = (claim: Claim, margin: number): string =>
    decideHypotheses([weigh(differences, bases, [claim, margin])])[0]!.verdict;
  const table: [Claim, number, string][] = [
    ['greater', 0, 'supported'],
    ['greater', 0.05, 'supported'],
    ['greater', 0.2, 'contradicted'],
    ['greater', 0.1, 'underpowered'],
    ['less', 0, 'contradicted'],
    ['noninferior', 0.02, 'supported'],
    ['equivalent', 0.2, 'supported'],
    ['equivalent', 0.02, 'contradicted'],
    ['equivalent', 0.1, 'underpowered'],
  ];
  for (const [claim, margin, verdict] of table)
    assert.equal(verdictOf(claim, margin), verdict, `${claim} ${margin}`);
  const negated = differences.map((row) => row.map((value) => -value));
  assert.equal(decideHypotheses([weigh(negated, bases, ['less', 0.05])])[0]!.verdict, 'supported');
  assert.equal(decideHypotheses([weigh(negated, bases, ['noninferior', 0.02])])[0]!.verdict, 'contradicted');
});

test('the tests beside the decision agree with the hand', () => {
  const found = weigh([[1, 2], [2, 3], [3, 4]], [0, 1, 2], ['greater', 0]); // prettier-ignore
  assert.equal(found.pairFlipP, 1 / 8);
  assert.equal(found.problemFlipP, 1 / 4);
  assert.equal(found.bootstrapP, 1 / 501);
  const runLevel = weigh([[1], [2], [4]], [0, 1, 2], ['greater', 0]);
  assert.equal(runLevel.problemFlipP, null);
  assert.equal(runLevel.problems, 1);
});

test('where nothing varies the sign-flip test over pairs decides, so certainty is bounded by the runs', () => {
  const rows = Array.from({ length: 6 }, () => [1, 1, 1]);
  const found = weigh(rows, [0, 0, 1, 1, 2, 2], ['greater', 0.5]);
  assert.deepEqual([found.supportP, found.low, found.high, found.detectable], [1 / 64, 1, 1, null]);
  const few = weigh(rows.slice(0, 3), [0, 1, 2], ['greater', 0.5]);
  assert.equal(decideHypotheses([few])[0]!.verdict, 'underpowered');
});

test('Holm counts every hypothesis of the claim', () => {
  const p = (supportP: number) => ({ supportP, contradictP: 1 - supportP, noEffectP: null });
  const decided = decideHypotheses([p(0.02), p(0.04), p(1)]);
  assert.deepEqual(
    decided.map(({ verdict }) => verdict),
    ['underpowered', 'underpowered', 'contradicted'],
  );
  close(decided[0]!.holmSupportP, 0.06);
  assert.equal(decideHypotheses([p(0.02)])[0]!.verdict, 'supported');
});

test('an effect of the detectable size is found in about four experiments of five', () => {
  const spread = { base: 0.02, seed: 0.01, problem: 0.1, noise: 0.1 };
  const sizes = Array.from({ length: 200 }, (_, i) => {
    const { differences, bases } = simulate(createGenerator(deriveStream(i, 'size')), [5, 2, 40], { spread });
    return detectableEffect(crossedMean(differences, bases)!, 1)!;
  });
  const effect = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const found = Array.from({ length: 200 }, (_, i) => {
    const draws = createGenerator(deriveStream(i, 'power'));
    const { differences, bases } = simulate(draws, [5, 2, 40], { spread, effect });
    return upperTailP(crossedMean(differences, bases)!, 0) <= 0.05;
  });
  const power = found.filter(Boolean).length / found.length;
  assert.ok(power > 0.7 && power < 0.92, `${power}`);
});

test('runs needed follow the variance components: bases where bases differ, nothing where problems limit', () => {
  const share = (variance: number, degreesOfFreedom: number) => ({ variance, degreesOfFreedom });
  const found = {
    estimate: 0.05,
    standardError: 0.03,
    runs: share(0.0009, 2),
    problems: share(0, 63),
    residualVariance: 0,
    withinBases: 0.0006,
    bases: 3,
    pairs: 6,
    problemCount: 64,
  };
  // 2 = t.95 + t.80 with 7 df is 2.79; (2.79 · 0.05196 / 0.05)² = 8.4 > 8; with 8 df 2.75: 8.2 < 9.
  assert.equal(neededRuns(found, 0.05, { bounds: 1 }).bases, 9);
  // Even endless seeds leave 0.0003 between bases: (2.92 + 1.06) · 0.0173 = 0.069 > 0.05.
  assert.equal(neededRuns(found, 0.05, { bounds: 1 }).seedsPerBase, null);
  assert.ok(neededRuns(found, 0.08, { bounds: 1 }).seedsPerBase! > 2);
  const limited = { ...found, problems: share(0.01, 63) };
  assert.deepEqual(neededRuns(limited, 0.05, { bounds: 1 }), { bases: null, seedsPerBase: null });
  assert.deepEqual(neededRuns(found, -0.01, { bounds: 1 }), { bases: null, seedsPerBase: null });
  assert.equal(neededRuns({ ...found, bases: 1, pairs: 3 }, 0.05, { bounds: 1 }).seedsPerBase, 9);
});

test('without a true difference at most one claim in twenty is supported, also where few bases disagree', () => {
  const shapes = [[3, 2, 32], [5, 1, 32], [5, 3, 32], [1, 5, 32], [3, 2, 1]] as const; // prettier-ignore
  const spreads = [
    { base: 0, seed: 0, problem: 0.1, noise: 0.2 },
    { base: 0.05, seed: 0.03, problem: 0.1, noise: 0.1 },
    { base: 0.1, seed: 0.02, problem: 0.1, noise: 0.1 },
  ];
  const experiments = 600;
  for (const shape of shapes) {
    for (const declared of spreads) {
      // Another base than the one trained on, or another number than the run's own, is beyond what such data speak of.
      const ofBase = shape[0] === 1 ? { ...declared, base: 0 } : declared;
      const spread = shape[2] === 1 ? { ...ofBase, problem: 0 } : ofBase;
      let supported = 0;
      for (let i = 0; i < experiments; i += 1) {
        const draws = createGenerator(deriveStream(i, `null/${shape.join()}/${declared.base}`));
        const { differences, bases } = simulate(draws, shape, { spread });
        const found = crossedMean(differences, bases)!;
        if (found.estimate > criticalValue(found, 0.05) * found.standardError) supported += 1;
      }
      // Four standard errors of the simulation above 5 %.
      const most = 0.05 + 4 * Math.sqrt((0.05 * 0.95) / experiments);
      assert.ok(
        supported / experiments <= most,
        `${shape.join('x')} ${declared.base}: ${supported} of ${experiments}`,
      );
    }
  }
});
