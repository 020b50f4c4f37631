import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator, type Generator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { hierarchicalBootstrap } from './hierarchical-bootstrap.ts';
import {
  pairedDifferences,
  type PairedDifference,
  type PairedDifferenceInput,
} from '../significance/paired-difference.ts';
import { ScoreShapeError } from '../score-shape-error.ts';
import { signFlipTest } from '../significance/sign-flip-test.ts';

const generator = (seed: number): Generator => createGenerator(deriveStream(seed, 'bootstrap'));
const pairedDifference = ({ treatment, baseline, ...input }: PairedDifferenceInput): PairedDifference =>
  pairedDifferences([{ treatment, baseline }], input)[0]!;

function simulateScores(seed: number, seeds: number, problems: number, shift = 0): number[][] {
  const draws = createGenerator(deriveStream(seed, 'scores'));
  const difficulty = Array.from({ length: problems }, () => 0.5 + 0.2 * draws.normal());
  return Array.from({ length: seeds }, () => {
    const luck = 0.05 * draws.normal() + shift;
    return difficulty.map((score) => score + luck + 0.1 * draws.normal());
  });
}

test('the same stream gives the same interval, another stream another', () => {
  const scores = simulateScores(1, 4, 40);
  const interval = (seed: number): unknown =>
    hierarchicalBootstrap({
      scores,
      resamples: 1000,
      generator: generator(seed),
      level: 0.95,
    });
  assert.deepEqual(interval(1), interval(1));
  assert.notDeepEqual(interval(1), interval(2));
});

test('constant scores give an interval of width zero', () => {
  const scores = [
    [0.25, 0.25, 0.25],
    [0.25, 0.25, 0.25],
  ];
  const found = hierarchicalBootstrap({ scores, resamples: 100, level: 0.9, generator: generator(0) });
  assert.deepEqual([found.estimate, found.low, found.high], [0.25, 0.25, 0.25]);
});

test('seed-to-seed spread widens the interval that problems alone would give', () => {
  const steady = Array.from({ length: 5 }, () => simulateScores(4, 1, 50)[0]!);
  const spread = steady.map((row, seed) => row.map((score) => score + 0.2 * (seed - 2)));
  const width = (scores: number[][]): number => {
    const input = { resamples: 2000, generator: generator(5), level: 0.95 } as const;
    const { low, high } = hierarchicalBootstrap({ ...input, scores });
    return high - low;
  };
  assert.ok(width(spread) > 2 * width(steady), `${width(spread)} against ${width(steady)}`);
});

test('10 000 resamples of 5 x 200 scores take well under a second of processor time', () => {
  const scores = simulateScores(6, 5, 200);
  const start = process.cpuUsage();
  hierarchicalBootstrap({
    scores,
    resamples: 10_000,
    generator: generator(6),
    level: 0.95,
  });
  // Processor time: a neighbour on the machine lengthens only the wall time.
  const elapsedMs = process.cpuUsage(start).user / 1000;
  assert.ok(elapsedMs < 1000, `${elapsedMs} ms`);
});

test('a paired difference cancels what problems share: a small constant gain is found', () => {
  const baseline = simulateScores(7, 4, 50);
  const treatment = baseline.map((row) => row.map((score, problem) => score + 0.02 + 0.001 * (problem % 3)));
  const input = { resamples: 2000, generator: generator(7), level: 0.95, seeds: 'same' } as const;
  const found = pairedDifference({ ...input, treatment, baseline });
  assert.ok(found.low > 0.02 && found.high < 0.023, `[${found.low}, ${found.high}]`);
  assert.ok(found.p < 0.01 && found.problemSignFlipP < 0.01);
});

test('equal arms give the estimate 0 and p = 1', () => {
  const scores = simulateScores(8, 3, 30);
  const input = { resamples: 500, generator: generator(8), level: 0.95, seeds: 'same' } as const;
  const found = pairedDifference({ ...input, treatment: scores, baseline: scores });
  assert.deepEqual([found.estimate, found.low, found.high, found.p], [0, 0, 0, 1]);
});

test('arms of other seed counts are compared only when declared different; other problems never', () => {
  const input = { resamples: 200, generator: generator(9), level: 0.95 };
  const treatment = simulateScores(9, 3, 20);
  const baseline = simulateScores(9, 2, 20);
  assert.throws(() => pairedDifference({ ...input, treatment, baseline, seeds: 'same' }), ScoreShapeError);
  assert.ok(Number.isFinite(pairedDifference({ ...input, treatment, baseline, seeds: 'different' }).low));
  const fewer = simulateScores(9, 3, 19);
  assert.throws(
    () => pairedDifference({ ...input, treatment, baseline: fewer, seeds: 'different' }),
    ScoreShapeError,
  );
  assert.throws(() => hierarchicalBootstrap({ ...input, scores: [[1, NaN]] }), ScoreShapeError);
});

test('without a true difference the 95 % interval seldom excludes 0, when problems and samples make the noise', () => {
  let excluded = 0;
  const experiments = 300;
  for (let experiment = 0; experiment < experiments; experiment += 1) {
    const draws = createGenerator(deriveStream(experiment, 'null differences'));
    const problems = Array.from({ length: 40 }, () => 0.1 * draws.normal());
    const treatment = Array.from({ length: 5 }, () => {
      const luck = 0.01 * draws.normal();
      return problems.map((difference) => difference + luck + 0.2 * draws.normal());
    });
    const baseline = treatment.map((row) => row.map(() => 0));
    const input = { resamples: 400, generator: generator(experiment), level: 0.95, seeds: 'same' } as const;
    const { low, high } = pairedDifference({ ...input, treatment, baseline });
    if (low > 0 || high < 0) excluded += 1;
  }
  assert.ok(excluded / experiments < 0.05, `${excluded} of ${experiments}`);
});

test('the Monte Carlo sign-flip test agrees with the exact one and repeats itself', () => {
  const differences = Array.from({ length: 14 }, (_, i) => Math.sin(i) + 0.3);
  const exact = signFlipTest({ differences, alternative: 'two-sided', generator: generator(1) });
  const sample = (): number =>
    signFlipTest({
      differences,
      alternative: 'two-sided',
      generator: generator(1),
      exactUpTo: 4,
      resamples: 50_000,
    }).p;
  assert.ok(Math.abs(sample() - exact.p) < 0.01, `${sample()} against ${exact.p}`);
  assert.equal(sample(), sample());
});
