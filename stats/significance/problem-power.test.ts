import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator, type Generator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { meanWithError } from '../intervals/mean-with-error.ts';
import { upperTailP } from '../intervals/crossed-mean.ts';
import { neededProblems, pilotComponents, problemPower, type SampledProblem } from './problem-power.ts';

/** How two arms stand on a problem of a kind: the chances that a sample is right. */
type Kind = readonly [first: number, second: number];

/** A population of two kinds whose mean difference is 0.06. */
const KINDS: readonly Kind[] = [
  [0.2, 0.3],
  [0.7, 0.72],
];

const draw = (generator: Generator, n: number, chance: number): number => {
  let right = 0;
  for (let i = 0; i < n; i += 1) if (generator.uniform() < chance) right += 1;
  return right;
};

/** counts[arm][0][problem] of one run. */
function simulate(generator: Generator, problems: number, samples: number): SampledProblem[][][] {
  const kinds = Array.from({ length: problems }, () => KINDS[generator.integer(KINDS.length)]!);
  return [0, 1].map((arm) => [
    kinds.map((kind) => {
      const sum = draw(generator, samples, kind[arm]!);
      return { n: samples, sum, sumOfSquares: sum };
    }),
  ]);
}

const differencesOf = ([first, second]: SampledProblem[][][]): number[][] =>
  first!.map((run, r) => run.map(({ sum, n }, p) => second![r]![p]!.sum / n - sum / n));

test('a plan from a pilot reproduces the power that simulated comparisons have, within three points', () => {
  const generator = createGenerator(deriveStream(3, 'pilot'));
  const { sampling, ...components } = pilotComponents(simulate(generator, 4000, 8));
  for (const [problems, samples] of [
    [120, 4],
    [300, 1],
    [60, 16],
  ] as const) {
    const planned = problemPower({
      effect: 0.06,
      components: { ...components, sampling: sampling! },
      design: { problems, samples, runs: 1 },
      alpha: 0.05,
    });
    let shown = 0;
    const trials = 3000;
    for (let trial = 0; trial < trials; trial += 1) {
      const found = meanWithError(differencesOf(simulate(generator, problems, samples)), [0]);
      if (upperTailP(found, 0) <= 0.05) shown += 1;
    }
    assert.ok(planned > 0.3 && planned < 0.95, `${planned} tells nothing`);
    assert.ok(Math.abs(planned - shown / trials) <= 0.03, `${planned} against ${shown / trials}`);
  }
});

test('by hand: two problems of two samples each', () => {
  // First arm 1/2 and 0/2, second 2/2 and 1/2: differences 0.5 and 0.5, their variance 0; variances of a sample 0.5, 0, 0, 0.5.
  const problem = (sum: number): SampledProblem => ({ n: 2, sum, sumOfSquares: sum });
  const found = pilotComponents([[[problem(1), problem(0)]], [[problem(2), problem(1)]]]);
  assert.deepEqual(found, { problems: 0, sampling: 0.5, runs: 0 });
});

test('single samples leave their own variance with the problems', () => {
  const problem = (sum: number): SampledProblem => ({ n: 1, sum, sumOfSquares: sum });
  const found = pilotComponents([[[problem(0), problem(1)]], [[problem(1), problem(1)]]]);
  assert.deepEqual(found, { problems: 0.5, sampling: null, runs: 0 });
});

test('needed problems have the power and one less has not; runs that differ cannot be outweighed by problems', () => {
  const question = {
    effect: 0.05,
    components: { problems: 0.04, sampling: 0.3, runs: 0 },
    alpha: 0.05,
    design: { samples: 4, runs: 1 },
  };
  const problems = neededProblems(question)!;
  const at = (count: number): number =>
    problemPower({ ...question, design: { ...question.design, problems: count } });
  assert.ok(at(problems) >= 0.8 && at(problems - 1) < 0.8);
  const noisy = { ...question, components: { ...question.components, runs: 0.01 } };
  assert.equal(neededProblems({ ...noisy, design: { samples: 4, runs: 2 } }), null);
  assert.throws(() => at(1), RangeError);
});
