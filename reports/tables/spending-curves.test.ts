import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzeReport } from '../write-report.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { tabulateSpending } from './spending-curves.ts';

/** One cell: every arm trained for so many steps, four labels each, but the random reward's; `forking-tokens` takes from a run. */
function simulateCell(cell: string, steps: number): ComparisonInput {
  const simulated = simulateComparison({ seeds: 2, problems: 8, samples: 4, steps });
  const rename = (name: string): string => `${name}/${cell}`;
  return {
    ...simulated,
    conditions: simulated.conditions.map((condition) => ({
      ...condition,
      name: rename(condition.name),
      settings: { ...condition.settings, 'training.steps': String(steps) },
    })),
    runs: simulated.runs.map((run) => ({ ...run, id: rename(run.id), condition: rename(run.condition) })),
    ledger: simulated.ledger.flatMap((row) => {
      const own = { ...row, runId: rename(row.runId) };
      const labels = row.stage !== 'judge' || row.runId.startsWith('random') ? 0 : 4 * steps;
      if (!row.runId.startsWith('forking')) return [{ ...own, labels }];
      const inputs = { ...own, stage: 'inputs', tokens: 2000 * steps, flops: 0, labels: 4 * steps } as const;
      return row.stage === 'judge' ? [inputs] : [{ ...own, labels: 0 }];
    }),
    evaluations: simulated.evaluations.map((row) => ({ ...row, runId: rename(row.runId) })),
    ...{ metrics: [], stepTokens: [], rewardByVerdict: [], finalSamples: [], rollouts: [] },
  };
}

const [few, many] = [simulateCell('few', 10), simulateCell('many', 40)];
const { input, analysis } = analyzeReport({
  ...few,
  conditions: [...few.conditions, ...many.conditions],
  runs: [...few.runs, ...many.runs],
  ledger: [...few.ledger, ...many.ledger],
  evaluations: [...few.evaluations, ...many.evaluations],
});
const curve = (unit: Parameters<typeof tabulateSpending>[0], conditions = input.conditions) =>
  tabulateSpending(unit, conditions, analysis);

test('an arm that cells hold alike but for how much it trains has a point for each amount, in their order', () => {
  const points = curve('sampled-tokens').filter(({ arm }) => arm === 'grpo');
  assert.deepEqual(
    points.map(({ condition, spent }) => [condition, spent]),
    [
      ['grpo/few', 20_000],
      ['grpo/many', 80_000],
    ],
  );
  for (const { condition, level, low, high } of points) {
    const row = analysis.ranking.find((one) => one.condition === condition)!;
    assert.deepEqual([level, low, high], [row.level, row.low, row.high]);
  }
});

test('what an arm takes from is spent by it too', () => {
  const [labels] = curve('labels').filter(({ arm }) => arm === 'forking-tokens');
  assert.equal(labels?.spent, 40);
  const [tokens] = curve('sampled-tokens').filter(({ arm }) => arm === 'forking-tokens');
  assert.equal(tokens?.spent, 30_000);
});

test('an arm that spent nothing, or as much in every cell, has no curve', () => {
  const arms = (unit: Parameters<typeof tabulateSpending>[0]) => new Set(curve(unit).map(({ arm }) => arm));
  assert.deepEqual([...arms('labels')], ['grpo', 'negative-only', 'forking-tokens']);
  assert.deepEqual([...arms('flops')], ['random-reward', 'grpo', 'negative-only', 'forking-tokens']);
});

test('cells that differ in more than an amount are no curve', () => {
  const other = input.conditions.map((condition) =>
    condition.name === 'grpo/many'
      ? { ...condition, settings: { ...condition.settings, 'base.name': 'other' } }
      : condition,
  );
  assert.ok(!curve('labels', other).some(({ arm }) => arm === 'grpo'));
});
