import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ComparisonInput,
  ConditionRecord,
  EvaluationCount,
  MetricPoint,
  RunRecord,
} from '../comparison/comparison-input.ts';
import { tabulateSaturation } from './saturation-table.ts';

interface Course {
  readonly accuracy: readonly number[];
  /** Dev step → correct of four samples, by problem. */
  readonly dev: Readonly<Record<number, readonly number[]>>;
}

/** A comparison of one condition on one problem, by runs of different seeds. */
function input(courses: readonly Course[], fixedProblems: number | null = 1): ComparisonInput {
  const runs = courses.map(
    (_, seed) =>
      ({ id: `r${seed}`, condition: 'one-shot', baseSeed: 0, seed, status: 'completed' }) as RunRecord,
  );
  const evaluations = courses.flatMap(({ dev }, seed) =>
    Object.entries(dev).flatMap(([step, correct]) =>
      correct.map(
        (c, p) =>
          ({
            runId: `r${seed}`,
            split: 'dev',
            step: Number(step),
            problemId: `d${p}`,
            n: 4,
            c,
          }) as EvaluationCount,
      ),
    ),
  );
  const metrics = courses.flatMap(({ accuracy }, seed) =>
    accuracy.map((value, step): MetricPoint => ({ runId: `r${seed}`, step, name: 'verdict/correct', value })),
  );
  const conditions = [{ name: 'one-shot', fixedProblems } as ConditionRecord];
  return {
    experiment: { fingerprint: 'f'.repeat(64) },
    conditions,
    runs,
    evaluations,
    metrics,
  } as unknown as ComparisonInput;
}

test('by hand: dev is read at the first evaluation from the saturated step on, and at the last', () => {
  const [row] = tabulateSaturation(
    input([
      { accuracy: [0.5, 0.99, 0.9], dev: { 0: [0, 0], 2: [2, 0], 3: [4, 2] } },
      { accuracy: [0.5, 0.98, 1], dev: { 0: [0, 0], 2: [1, 1], 3: [3, 1] } },
    ]),
  );
  // Run 0 from step 1: dev at 2 is 1/4, at 3 it is 3/4. Run 1 from step 2: 1/4, then 1/2.
  const { low, high, ...rest } = row!;
  assert.deepEqual(rest, {
    condition: 'one-shot',
    fixedProblems: 1,
    state: 'measured',
    runs: 2,
    saturatedRuns: 2,
    measuredRuns: 2,
    earliestStep: 1,
    latestStep: 2,
    devAtSaturation: 0.25,
    devAtEnd: 0.625,
    gain: 0.375,
  });
  assert.ok(low! >= 0 && low! < 0.375 && high! > 0.375 && high! <= 0.5, `${low} to ${high}`);
});

test('a condition that never saturates, and one that is not evaluated again, say so', () => {
  const [never] = tabulateSaturation(input([{ accuracy: [0.9, 0.98], dev: { 0: [1], 1: [2] } }]));
  assert.deepEqual(
    [never!.state, never!.saturatedRuns, never!.earliestStep, never!.gain],
    ['never-saturated', 0, null, null],
  );
  const [late] = tabulateSaturation(input([{ accuracy: [0.9, 1], dev: { 0: [1], 1: [2] } }]));
  assert.deepEqual([late!.state, late!.earliestStep, late!.gain], ['no-later-evaluation', 1, null]);
});

test('runs that are not saturated are counted and stay out of the gain', () => {
  const [row] = tabulateSaturation(
    input([
      { accuracy: [1], dev: { 0: [0], 1: [4] } },
      { accuracy: [0], dev: { 0: [0], 1: [0] } },
    ]),
  );
  assert.deepEqual([row!.runs, row!.saturatedRuns, row!.measuredRuns, row!.gain], [2, 1, 1, 1]);
});

test('conditions on fresh problems, and untrained ones, have no row', () => {
  assert.deepEqual(tabulateSaturation(input([{ accuracy: [1], dev: { 0: [0], 1: [4] } }], null)), []);
  assert.deepEqual(tabulateSaturation(input([{ accuracy: [], dev: { 0: [0] } }])), []);
});
