import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzeComparison } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { toCsvFiles } from '../text/csv-files.ts';
import { renderReportPage } from './report-page.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { toSummaryMarkdown } from '../text/summary-markdown.ts';

const size = { seeds: 3, problems: 24, samples: 8, steps: 6 };
const simulated = simulateComparison(size);

/** As simulated, with grpo on two problems that it has solved from its first step on. */
const twoShot: ComparisonInput = {
  ...simulated,
  conditions: simulated.conditions.map((condition) => ({
    ...condition,
    fixedProblems: { grpo: 2, 'negative-only': 4 }[condition.name] ?? null,
  })),
  metrics: simulated.metrics.map((point) =>
    point.runId.startsWith('grpo-') && point.name === 'verdict/correct' ? { ...point, value: 1 } : point,
  ),
};

/** The same samples, all in one format. */
const oneFormat: ComparisonInput = {
  ...simulated,
  metrics: simulated.metrics.filter(({ name }) => name !== 'format/direct'),
  evaluations: simulated.evaluations.map(({ n, c, ...row }) => ({
    ...row,
    n,
    c,
    formats: { scratchpad: { n, c } },
  })),
};

async function render(comparison: ComparisonInput) {
  const input = sortComparison(comparison);
  const analysis = analyzeComparison(input);
  const page = await renderReportPage(input, analysis);
  return { analysis, page, summary: toSummaryMarkdown(input, analysis), files: toCsvFiles(input, analysis) };
}

test('the page, the summary and the files show boundary, strategies and what follows saturation', async () => {
  const { page, summary, files } = await render(twoShot);
  for (const id of ['boundary', 'strategies', 'saturation'])
    assert.ok(page.includes(`<section id="${id}"`), id);
  assert.match(page, /Share of each completion format in the rollouts of grpo against training steps/);
  assert.match(page, /2<\/td>\s*<td class="number">3 of 3<\/td>/);
  assert.match(page, /never saturated/);
  assert.match(summary, /## Capability boundary\n\n\| condition \| split \| baseline catches up at/);
  assert.match(summary, /## Gain by switch of strategy\n\n/);
  assert.match(summary, /## Gain after saturation of the training problems\n\n/);
  const header = (name: string): string => files.get(name)!.split('\n')[0]!;
  assert.match(
    header('boundary.csv'),
    /^condition,reference,split,n,state,crossing_k,crossing_low,crossing_high,/,
  );
  assert.match(
    header('solved-sets.csv'),
    /^condition,reference,split,reference_only,both,condition_only,neither,total,/,
  );
  assert.match(
    header('strategies.csv'),
    /^condition,reference,split,before,after,share,gain,low,high,total_gain,/,
  );
  assert.match(
    header('saturation.csv'),
    /^condition,fixed_problems,state,runs,saturated_runs,measured_runs,/,
  );
});

test('every condition but the baseline has a boundary row per split, over the runs of the same base and seed', async () => {
  const runs = simulated.runs.map((run) => (run.id === 'base-1' ? { ...run, status: 'failed' } : run));
  const { analysis } = await render({ ...simulated, runs });
  assert.deepEqual(
    analysis.boundaries.map(({ condition, split, seeds }) => `${condition} ${split} ${seeds}`),
    ['random-reward', 'grpo', 'negative-only', 'forking-tokens'].flatMap((condition) =>
      ['clean', 'contaminated'].map((split) => `${condition} ${split} 2`),
    ),
  );
});

test('the gains inside the switches add up to the total gain', async () => {
  const { analysis } = await render(simulated);
  const rows = analysis.strategies.filter(
    ({ condition, split }) => condition === 'grpo' && split === 'clean',
  );
  const sum = rows.reduce((total, { gain }) => total + gain, 0);
  assert.ok(rows.length > 1 && Math.abs(sum - rows[0]!.totalGain) < 1e-12);
});

test('one format and fresh problems leave strategies and saturation out; nothing evaluated leaves out all three', async () => {
  const plain = await render(oneFormat);
  assert.ok(plain.page.includes('<section id="boundary"'));
  assert.ok(!/<section id="(strategies|saturation)"/.test(plain.page));
  assert.ok(!/strategy|saturation/.test(plain.summary));
  const empty = await render({ ...simulated, evaluations: [], metrics: [] });
  assert.ok(!/<section id="(boundary|strategies|saturation)"/.test(empty.page));
});
