import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { meanSpending, tabulateCompute } from './compute-table.ts';

const simulated = simulateComparison({ seeds: 2, problems: 4, samples: 4, steps: 3 });

test('training sums every stage but evaluation, and its tokens are the sampled ones', () => {
  const rows = tabulateCompute(simulated).filter(({ condition }) => condition === 'grpo');
  const row = { condition: 'grpo', runs: 2, labels: 0, calls: 8 };
  assert.deepEqual(rows, [
    { ...row, stage: 'training', role: null, tokens: 6000, flops: 24_000_000, labels: 40 },
    { ...row, stage: 'sample', role: 'policy', tokens: 6000, flops: 6_000_000 },
    { ...row, stage: 'judge', role: 'judge', tokens: 0, flops: 0, labels: 40 },
    { ...row, stage: 'update', role: 'policy', tokens: 6000, flops: 18_000_000 },
    { ...row, stage: 'evaluation', role: 'policy', tokens: 500, flops: 500_000 },
  ]);
});

test('an arm that is not trained spends nothing', () => {
  const [row, ...others] = tabulateCompute(simulated).filter(({ condition }) => condition === 'base');
  assert.deepEqual([row!.tokens, row!.flops, row!.labels, others], [0, 0, 0, []]);
});

test('means are over the runs that are counted', () => {
  const ledger = simulated.ledger.map((row) =>
    row.runId === 'grpo-1' && row.stage === 'sample' ? { ...row, tokens: 7000 } : row,
  );
  assert.equal(meanSpending({ ...simulated, ledger }, 'grpo')!['sampled-tokens'], 6500);
  const partial = { ...simulated, ledger, uncountedRuns: ['grpo-1'] };
  assert.deepEqual(
    tabulateCompute(partial)
      .filter(({ condition, stage }) => condition === 'grpo' && stage === 'training')
      .map(({ tokens, runs }) => [tokens, runs]),
    [[6000, 1]],
  );
  assert.equal(meanSpending(partial, 'grpo'), null);
});
