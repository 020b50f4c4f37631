import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator, type Generator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { bootstrapMeans, hierarchicalBootstrap } from './hierarchical-bootstrap.ts';
import {
  pairedDifferences,
  type PairedDifference,
  type PairedDifferenceInput,
} from '../significance/paired-difference.ts';
import { drawBases, drawRowWeights, groupByBase, rowWeights } from './run-draw.ts';
import { ScoreShapeError } from '../score-shape-error.ts';
import { splitGap } from '../significance/split-gap.ts';

const generator = (): Generator => createGenerator(deriveStream(3, 'run draw'));
const pairedDifference = ({ treatment, baseline, ...input }: PairedDifferenceInput): PairedDifference =>
  pairedDifferences([{ treatment, baseline }], input)[0]!;
const scores = [[0.1, 0.4, 0.2], [0.3, 0.9, 0.4], [0.2, 0.2, 0.8], [0.7, 0.6, 0.1]]; // prettier-ignore
const others = [[0.2, 0.3, 0.2], [0.1, 0.5, 0.4], [0.3, 0.2, 0.7], [0.2, 0.6, 0.3]]; // prettier-ignore
/** Of the two-level bootstrap of seeds and problems, on the inputs of this file. */
const RECORDED = {
  mean: [0.20000000000000004, 0.625],
  same: [-0.04999999999999999, 0.22520833333333312, 0.2793017456359102, 0.5],
  different: [-0.14187499999999995, 0.32562499999999955, 0.49875311720698257],
  gap: [-0.12520833333333328, 0.3085416666666665],
};
const common = { resamples: 400, level: 0.95 };

test('one base is no level: naming it changes no bit of any interval', () => {
  const bases = [5, 5, 5, 5];
  const interval = (extra: { bases?: number[] }): unknown =>
    hierarchicalBootstrap({ ...common, ...extra, scores, generator: generator() });
  assert.deepEqual(interval({ bases }), interval({}));
  for (const seeds of ['same', 'different'] as const) {
    const pair = { ...common, treatment: scores, baseline: others, seeds };
    const named = { bases: { treatment: bases, baseline: bases } };
    assert.deepEqual(
      pairedDifference({ ...pair, ...named, generator: generator() }),
      pairedDifference({ ...pair, generator: generator() }),
    );
  }
  const gap = { ...common, first: scores, second: others };
  assert.deepEqual(
    splitGap({ ...gap, bases, generator: generator() }),
    splitGap({ ...gap, generator: generator() }),
  );
});

test('with one base the intervals are those of seeds and problems alone, as recorded before bases were a level', () => {
  const mean = hierarchicalBootstrap({ ...common, scores, generator: generator() });
  assert.deepEqual([mean.low, mean.high], RECORDED.mean);
  const pair = { ...common, treatment: scores, baseline: others, generator: generator() };
  const same = pairedDifference({ ...pair, seeds: 'same' });
  assert.deepEqual([same.low, same.high, same.p, same.problemSignFlipP], RECORDED.same);
  const different = pairedDifference({ ...pair, seeds: 'different', generator: generator() });
  assert.deepEqual([different.low, different.high, different.p], RECORDED.different);
  const gap = splitGap({ ...common, first: scores, second: others, generator: generator() });
  assert.deepEqual([gap.low, gap.high], RECORDED.gap);
});

test('a replicate holds whole bases: as many runs of each drawn base as it has, and no others', () => {
  const groups = groupByBase(5, [2, 1, 2, 1, 1]);
  assert.deepEqual(groups, [[1, 3, 4], [0, 2]]); // prettier-ignore
  const twice = drawRowWeights(groups, [1, 1], generator());
  assert.deepEqual([twice[1], twice[3], twice[4]], [0, 0, 0]);
  const draws = generator();
  for (let i = 0; i < 50; i += 1) {
    const weights = drawRowWeights(groups, drawBases(2, draws), draws);
    assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 5) < 1e-12);
  }
  assert.deepEqual([...rowWeights(groups)], [5 / 4, 5 / 6, 5 / 4, 5 / 6, 5 / 6]);
  assert.throws(() => groupByBase(3, [0, 1]), ScoreShapeError);
});

test('bases that disagree widen the interval that their seeds alone would give', () => {
  const rows = [0, 0, 1, 1, 2, 2].map((base) => Array.from({ length: 20 }, (_, p) => base + 0.01 * p));
  const width = (bases: number[]): number => {
    const { low, high } = hierarchicalBootstrap({
      ...common,
      bases,
      scores: rows,
      generator: generator(),
    });
    return high - low;
  };
  assert.ok(width([0, 0, 1, 1, 2, 2]) > 1.2 * width([0, 0, 0, 0, 0, 0]));
});

test('the mean gives every base the same weight, however many seeds it has', () => {
  const { estimate, bases, seeds } = hierarchicalBootstrap({
    ...common,
    scores: [[0, 0], [0, 0], [0, 0], [1, 1]], // prettier-ignore
    bases: [0, 0, 0, 1],
    generator: generator(),
  });
  assert.deepEqual([estimate, bases, seeds], [0.5, 2, 4]);
});

test('measures that are drawn together come out as each would alone', () => {
  const draws = (): { resamples: number; level: number; generator: Generator } => ({
    ...common,
    generator: generator(),
  });
  const bases = [0, 0, 1, 1];
  const both = bootstrapMeans([scores, others], { ...draws(), bases });
  for (const [i, measure] of [scores, others].entries()) {
    const alone = hierarchicalBootstrap({ ...draws(), bases, scores: measure });
    assert.deepEqual(both[i], alone);
  }
  const pairs = [
    { treatment: scores, baseline: others },
    { treatment: others, baseline: scores },
  ];
  const input = { seeds: 'same', bases: { treatment: bases, baseline: bases } } as const;
  const found = pairedDifferences(pairs, { ...draws(), ...input });
  pairs.forEach((pair, i) => assert.deepEqual(found[i], pairedDifference({ ...draws(), ...input, ...pair })));
  assert.throws(() => bootstrapMeans([scores, [[1]]], draws()), ScoreShapeError);
});
