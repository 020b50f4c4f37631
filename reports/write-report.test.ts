import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { analyzeComparison, assertConsistent } from './comparison/analyze-comparison.ts';
import type { ComparisonInput } from './comparison/comparison-input.ts';
import { planComparisons } from './comparison/plan-comparisons.ts';
import { IncomparableError } from './comparison/incomparable-error.ts';
import { PAGE_STYLE } from './page/page-style.ts';
import { decideDifference } from './text/decide-difference.ts';
import { simulateComparison } from './comparison/simulated-comparison.fixture.ts';
import { writeReport } from './write-report.ts';

const small = simulateComparison({ seeds: 3, problems: 24, samples: 8, steps: 6 });

async function writeAndRead(input: ComparisonInput): Promise<Map<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'assay-report-'));
  try {
    const { files: paths } = await writeReport(input, directory);
    return new Map(
      await Promise.all(paths.map(async (path) => [basename(path), await readFile(path, 'utf8')] as const)),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('the same rows in another order give the same bytes', async () => {
  const first = await writeAndRead(small);
  const shuffled = {
    ...small,
    runs: small.runs.toReversed(),
    evaluations: small.evaluations.toReversed(),
    metrics: small.metrics.toReversed(),
    rewardByVerdict: small.rewardByVerdict.toReversed(),
    ledger: small.ledger.toReversed(),
    rollouts: small.rollouts.toReversed(),
  };
  const second = await writeAndRead(shuffled);
  assert.deepEqual(
    [...first.keys()],
    [
      'answers.csv',
      'boundary.csv',
      'calibration.csv',
      'checks.csv',
      'compute.csv',
      'confidences.csv',
      'consistency.csv',
      'differences.csv',
      'entropy-law.csv',
      'equal-tokens.csv',
      'evaluations.csv',
      'formats.csv',
      'gain-parts.csv',
      'gap.csv',
      'hypotheses.csv',
      'hypothesis-terms.csv',
      'learning-curves.csv',
      'pass-at-k.csv',
      'probe-scores.csv',
      'ranking.csv',
      'reliability.csv',
      'report.html',
      'reward-truth.csv',
      'runs.csv',
      'saturation.csv',
      'solved-sets.csv',
      'step-metrics.csv',
      'strategies.csv',
      'summary.md',
      'temperatures.csv',
      'tokens-per-correct.csv',
      'verdicts.csv',
    ],
  );
  for (const [name, text] of first) assert.equal(second.get(name), text, `${name} differs`);
});

test('model output is escaped everywhere in the page, and the page refers to nothing outside', async () => {
  const page = (await writeAndRead(small)).get('report.html')!;
  assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
  assert.ok(!page.includes('<script') && !page.includes('<img'));
  const tags = page.match(/<[a-z][^>]*>/g)!.join('\n');
  const urls = [
    ...`${tags}${PAGE_STYLE}`.matchAll(/(?:\s(?:src|href|xlink:href)=|url\(|@import )["']?([^"')\s>]+)/g),
  ].map((match) => match[1]!);
  assert.ok(urls.length > 0);
  for (const url of urls) assert.ok(url.startsWith('#'), `refers to ${url}`);
  assert.equal((page.match(/<svg[^>]*role="img" aria-label="[^"]+/g) ?? []).length, 16);
});

test('a large true difference is found, and a control without one is reported as no evidence', () => {
  const input = simulateComparison({ seeds: 4, problems: 60, samples: 16, steps: 6 });
  const analysis = analyzeComparison(input);
  const { answer, ranking } = analysis;
  assert.match(
    answer[0]!,
    /^(grpo|forking-tokens) reaches 0\.\d{3} in pass@1 on clean, 0\.1\d\d above base \(/,
  );
  const random = analysis.differences.find(
    (row) => row.condition === 'random-reward' && row.split === 'clean' && row.k === 1,
  )!;
  assert.equal(decideDifference(random), 'no-evidence');
  assert.deepEqual(
    ranking
      .slice(3)
      .map(({ condition }) => condition)
      .sort(),
    ['base', 'random-reward'],
  );
});

test('pass@1 in the table is the plain share of correct samples, and k stops at the smallest n', () => {
  const { passAtK } = analyzeComparison(small);
  const rows = small.evaluations.filter((row) => row.runId.startsWith('grpo-') && row.split === 'clean');
  const share = rows.reduce((sum, { c, n }) => sum + c / n, 0) / rows.length;
  const found = passAtK.find((row) => row.condition === 'grpo' && row.split === 'clean' && row.k === 1)!;
  assert.ok(Math.abs(found.mean - share) < 1e-12);
  assert.deepEqual([...new Set(passAtK.map(({ k }) => k))], [1, 2, 4, 8]);
});

test('a run that is not completed or lacks problems is left out and named', () => {
  const runs = small.runs.map((run) =>
    run.id === 'grpo-1' ? { ...run, status: 'failed', failure: 'NaN loss' } : run,
  );
  const evaluations = small.evaluations.filter(
    ({ runId, problemId }) => !(runId === 'negative-only-2' && problemId === 'clean-003'),
  );
  const { excluded, passAtK } = analyzeComparison({ ...small, runs, evaluations });
  assert.deepEqual(
    excluded.map(({ run, reason }) => `${run.id} ${reason}`),
    ['grpo-1 is failed: NaN loss', 'negative-only-2 has 23 of 24 problems of split clean'],
  );
  assert.equal(passAtK.find((row) => row.condition === 'grpo' && row.split === 'clean')!.seeds, 2);
});

test('arms are compared with the baseline of their own cell, and with the control arms', () => {
  const cell = (name: string, isControl: boolean): ComparisonInput['conditions'][number] => ({
    ...small.conditions[0]!,
    name,
    isControl,
  });
  const conditions = ['base/a', 'base/b', 'random-reward/a', 'random-reward/b', 'grpo/a', 'grpo/b'].map(
    (name) => cell(name, !name.startsWith('grpo')),
  );
  const pairs = planComparisons({ ...small, conditions }).map(
    (pair) => `${pair.condition} ${pair.reference}`,
  );
  assert.deepEqual(pairs, [
    'random-reward/a base/a',
    'random-reward/b base/b',
    'grpo/a base/a',
    'grpo/b base/b',
    'grpo/a random-reward/a',
    'grpo/b random-reward/b',
    'grpo/b grpo/a',
  ]);
});

test('a baseline that all cells hold alike is that of each, and one that some hold is not', () => {
  const plan = (...names: string[]) => {
    const conditions = names.map((name) => ({ ...small.conditions[2]!, name }));
    return planComparisons({ ...small, conditions })
      .filter(({ kind }) => kind === 'baseline')
      .map(({ condition, reference }) => `${condition} ${reference}`);
  };
  assert.deepEqual(plan('base/few', 'grpo/few', 'grpo/many'), ['grpo/few base/few', 'grpo/many base/few']);
  assert.deepEqual(plan('base/a', 'base/b', 'grpo/a', 'grpo/c'), ['grpo/a base/a']);
});

test('a baseline that is none of the conditions is refused', () => {
  const experiment = { ...small.experiment, baseline: 'grop' };
  assert.throws(() => assertConsistent({ ...small, experiment }), IncomparableError);
});

test('an experiment of which nothing is done yet still gives a report that says so', async () => {
  const runs = small.runs.map((run) => ({ ...run, status: 'pending', stepsDone: 0, checkpointSha256: null }));
  const empty = { ...small, runs, evaluations: [], metrics: [], rewardByVerdict: [], rollouts: [] };
  const files = await writeAndRead(empty);
  assert.match(files.get('report.html')!, /No arm has a final evaluation yet\./);
  assert.match(files.get('summary.md')!, /No arm has a final evaluation yet\./);
});
