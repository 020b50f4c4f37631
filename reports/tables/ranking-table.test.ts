import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzeComparison } from '../comparison/analyze-comparison.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { formatChance } from './ranking-table.ts';

const { ranking, differences, passAtK } = analyzeComparison(
  simulateComparison({ seeds: 3, problems: 12, samples: 8, steps: 4 }),
);

test('arms stand by their level, each with its difference to the baseline, and chances sum to 1', () => {
  assert.deepEqual(
    ranking.map(({ rank }) => rank),
    [1, 2, 3, 4, 5],
  );
  for (const [i, row] of ranking.entries()) {
    assert.ok(i === 0 || ranking[i - 1]!.level >= row.level);
    const level = passAtK.find(
      (one) => one.condition === row.condition && one.split === 'clean' && one.k === 1,
    )!;
    assert.deepEqual([row.level, row.low, row.high], [level.mean, level.low, level.high]);
    assert.equal(row.toReference === null, row.condition === 'base');
  }
  assert.ok(Math.abs(ranking.reduce((sum, row) => sum + row.chanceOfBest, 0) - 1) < 1e-9);
  // Tokens of the fixture: 2000 a step for grpo, 1000 for the others.
  assert.equal(ranking.find(({ condition }) => condition === 'grpo')!.tokens, 8000);
});

test('every pair of schemes is compared once at k = 1, on each split, in one family with the others', () => {
  const between = differences.filter(({ kind }) => kind === 'schemes');
  assert.deepEqual(
    between
      .filter(({ split }) => split === 'clean')
      .map(({ condition, reference }) => `${condition} − ${reference}`),
    ['negative-only − grpo', 'forking-tokens − grpo', 'forking-tokens − negative-only'],
  );
  assert.ok(between.every(({ k }) => k === 1));
  // 4 to base, 3 to random-reward and 3 between schemes, on two splits.
  const family = differences.filter(({ k }) => k === 1);
  assert.equal(family.length, 20);
  const smallest = family.reduce((least, row) => (row.p < least.p ? row : least));
  assert.ok(Math.abs(smallest.holmP - Math.min(1, 20 * smallest.p)) < 1e-12);
});

test('no interval of a level or a difference is a point, even where nothing was ever solved', () => {
  const input = simulateComparison({ seeds: 2, problems: 12, samples: 8, steps: 4 });
  const nothing = analyzeComparison({
    ...input,
    evaluations: input.evaluations.map((row) => ({ ...row, c: 0 })),
  });
  for (const { low, high } of [
    ...nothing.passAtK,
    ...nothing.differences,
    ...nothing.gaps,
    ...nothing.equalBudgets,
  ])
    assert.ok(high - low > 0.001, `${low} to ${high}`);
});

test('a chance is not rounded to never or always', () => {
  assert.deepEqual([0, 0.004, 0.42, 0.997, 1].map(formatChance), [
    '0.00',
    '< 0.01',
    '0.42',
    '> 0.99',
    '1.00',
  ]);
});
