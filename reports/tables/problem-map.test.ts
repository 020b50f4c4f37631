import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzeComparison } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { chooseRows } from './problem-map.ts';

const simulated = simulateComparison({ seeds: 2, problems: 3, samples: 4, steps: 2 });

/** Right samples out of 4 by arm and problem, for the first and the second run. */
const RIGHT: Record<string, readonly (readonly [number, number])[]> = {
  base: [
    [0, 2],
    [4, 4],
    [2, 2],
  ],
  grpo: [
    [4, 4],
    [2, 1],
    [2, 2],
  ],
};

function counted(): ComparisonInput {
  return {
    ...simulated,
    evaluations: simulated.evaluations.flatMap((row) => {
      const [arm, seed] = [row.runId.slice(0, -2), Number(row.runId.slice(-1))];
      const right = RIGHT[arm];
      if (right === undefined || row.split !== 'clean') return [];
      return [{ ...row, c: right[Number(row.problemId.slice(-1))]![seed]! }];
    }),
  };
}

test('a map holds the mean share over runs, the reference first, and begins with what was gained most', () => {
  const [map] = analyzeComparison(counted()).problemMaps;
  assert.deepEqual(
    [map!.arms, map!.runs, map!.reference, map!.leader],
    [['base', 'grpo'], [2, 2], 'base', 'grpo'],
  );
  assert.deepEqual(map!.rows, [
    { problemId: 'clean-000', shares: [0.25, 1], change: 0.75 },
    { problemId: 'clean-002', shares: [0.5, 0.5], change: 0 },
    { problemId: 'clean-001', shares: [1, 0.375], change: -0.625 },
  ]);
});

test('the rows that are kept changed most, either way, and keep their order', () => {
  const [map] = analyzeComparison(counted()).problemMaps;
  const { shown, leftOut } = chooseRows(map!, 2);
  assert.deepEqual(
    shown.map(({ change }) => change),
    [0.75, -0.625],
  );
  assert.equal(leftOut, 0);
  assert.equal(chooseRows(map!, 3).leftOut, null);
});
