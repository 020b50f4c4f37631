import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hypothesis } from '../../config/hypothesis.ts';
import { isDecided } from '../verdicts/verdict-table.ts';
import { analyzeReport } from '../write-report.ts';
import type { ImportedArm, ImportedCount } from './imported-arm.ts';
import { armOf, countOf, runOf } from './imported-arm.fixture.ts';
import { pairArms } from './pair-arms.ts';
import {
  isGraded,
  keysOf,
  listSplits,
  toComparisonInput,
  toFinalSamples,
  type ImportedComparison,
  type ImportedRows,
} from './to-comparison-input.ts';

const above: Hypothesis = {
  ...{ claim: 'grpo is above base', treatment: 'grpo', control: 'base', alternative: 'greater' },
  metric: { name: 'pass@k', split: 'all' as 'clean', k: 1 },
  reported: 'not-reported',
};

function rowsOf(arms: readonly ImportedArm[], told: Partial<ImportedComparison> = {}): ImportedRows {
  const asked = { name: 'grpo-against-base', question: 'Is grpo above base?', baseline: 'base' };
  const paired = pairArms(arms);
  return toComparisonInput({
    ...{ ...asked, fingerprint: 'ab'.repeat(32), hypotheses: [above], paired, notices: [], ...told },
  });
}

/** base is never right, grpo on the first two of four problems: differences 1, 1, 0, 0. */
function fourProblems(cluster: (problem: number) => string | null): ImportedArm[] {
  const run = (scores: readonly number[]) => ({
    seed: null,
    counts: scores.map((sum, i) => countOf({ key: `k${i}`, sum, cluster: cluster(i) })),
  });
  return [armOf('base', [run([0, 0, 0, 0])]), armOf('grpo', [run([1, 1, 0, 0])])];
}

function weighed({ input }: ImportedRows) {
  const { differences, verdicts } = analyzeReport(input).analysis;
  const [verdict] = verdicts;
  assert.ok(isDecided(verdict!));
  return { row: differences[0]!, evidence: verdict.evidence };
}

const near = (found: number | null, expected: number): void =>
  assert.ok(found !== null && Math.abs(found - expected) < 1e-5, `${found} is not ${expected}`);

/** A report's differences of shares lie within −1 to 1; a verdict's bounds are as t has them. */
function assertEnds({ row, evidence }: ReturnType<typeof weighed>, half: number): void {
  near(evidence.low, 0.5 - half);
  near(evidence.high, 0.5 + half);
  near(row.low, Math.max(-1, 0.5 - half));
  near(row.high, Math.min(1, 0.5 + half));
}

test('without clusters a difference has the standard error of its problems', () => {
  // Variance 1/3 over 4 problems: √(1/12) = 0.288675; t(0.975, 3) = 3.182446.
  const found = weighed(rowsOf(fourProblems(() => null)));
  near(found.row.standardError, 0.288675);
  assertEnds(found, 3.182446 * 0.288675);
});

test('clusters that the files tell widen the interval of difference and verdict', () => {
  // Deviations sum to +1 and −1 in the clusters: 2 / 4² · 2/1 = 0.25; t(0.975, 1) = 12.706205.
  const found = weighed(rowsOf(fourProblems((i) => (i < 2 ? 'sums' : 'words'))));
  near(found.row.standardError, 0.5);
  assertEnds(found, 12.706205 * 0.5);
});

test('a problem without a cluster is one of its own', () => {
  // Deviations ½ + ½, −½, −½: (1 + ¼ + ¼) / 16 · 3/2 = 0.140625 = 0.375².
  const { row } = weighed(rowsOf(fourProblems((i) => (i < 2 ? 'sums' : null))));
  near(row.standardError, 0.375);
});

test('a noise floor widens the interval of single runs by what training again adds', () => {
  const noise = { source: 'noise.json', share: { variance: 0.25 - 1 / 12, degreesOfFreedom: 3 } };
  const found = weighed(
    rowsOf(
      fourProblems(() => null),
      { noise },
    ),
  );
  near(found.row.standardError, 0.5);
  // Both variances have three degrees of freedom.
  assertEnds(found, 3.182446 * 0.5);
});

test('scores between 0 and 1 are graded although their sums are whole numbers', () => {
  const half = (key: string): ImportedCount =>
    countOf({ key, n: 2, sum: 1, sumOfSquares: 0.5, isBinary: false });
  const counts = [half('x'), half('y')];
  const arms = [armOf('base', [{ seed: null, counts }]), armOf('grpo', [runOf({ x: 1, y: 0 })])];
  assert.ok(isGraded(pairArms(arms)));
  const metric = { name: 'score' as const, split: 'all' as 'clean' };
  const { input } = rowsOf(arms, { hypotheses: [{ ...above, metric }] });
  assert.equal(input.imported!.isGraded, true);
  const { analysis } = analyzeReport(input);
  assert.equal(analysis.scoreName, 'mean score');
  assert.deepEqual(
    analysis.passAtK.map(({ condition, k, mean }) => [condition, k, mean]),
    [
      ['base', 1, 0.5],
      ['grpo', 1, 0.5],
    ],
  );
  assert.deepEqual([analysis.consistency, analysis.calibration], [[], []]);
});

test('two samples a problem give pass@2 where every score is 0 or 1', () => {
  const run = { seed: null, counts: [countOf({ key: 'x', n: 2, sum: 1 }), countOf({ key: 'y', n: 2 })] };
  const { analysis } = analyzeReport(rowsOf([armOf('base', [run]), armOf('grpo', [run])]).input);
  // x: 1 of 2 right, pass@2 1; y: both right.
  assert.deepEqual(
    analysis.passAtK
      .filter(({ condition }) => condition === 'base')
      .map(({ k, mean, problems }) => [k, mean, problems]),
    [
      [1, 0.75, 2],
      [2, 1, 2],
    ],
  );
});

test('problems of one id are told apart by their keys, and samples without a score are counted', () => {
  const counts = ['x1', 'x2'].map((key) => countOf({ key, sourceId: 'q', n: 2, failed: 1 }));
  const { input } = rowsOf([
    armOf('base', [{ seed: null, counts }]),
    armOf('grpo', [{ seed: null, counts }]),
  ]);
  assert.deepEqual(
    input.evaluations.map(({ runId, problemId }) => `${runId} ${problemId}`),
    ['base#1 q x1', 'base#1 q x2', 'grpo#1 q x1', 'grpo#1 q x2'],
  );
  assert.deepEqual(
    input.unverified.map(({ answers, unverifiable }) => [answers, unverifiable]),
    [
      [6, 2],
      [6, 2],
    ],
  );
});

test('splits stand in the order people read them, and texts find their problems by key', () => {
  const counts = [
    countOf({ key: 'x', split: 'zebra' }),
    countOf({ key: 'x', split: 'clean', sourceId: 'q' }),
    countOf({ key: 'y', split: 'contaminated' }),
  ];
  const arms = [armOf('base', [{ seed: null, counts }]), armOf('grpo', [{ seed: null, counts }])];
  assert.deepEqual(listSplits(pairArms(arms)), ['clean', 'contaminated', 'zebra']);
  const rows = rowsOf(arms);
  assert.deepEqual(keysOf(rows, 'clean', new Set(['q', 'id of y'])), ['x']);
  const text = { prompt: '1+1=', completion: '2', target: '2', verdict: 'correct' };
  const samples = [
    { arm: 'grpo', split: 'clean', key: 'x', ...text },
    { arm: 'grpo', split: 'clean', key: 'y', ...text },
  ];
  assert.deepEqual(toFinalSamples(rows, samples), [
    {
      ...{ runId: 'grpo#1', phase: 'clean', problemId: 'q' },
      ...{ prompt: '1+1=', completion: '2', answer: '2', verdict: 'correct' },
    },
  ]);
});

test('texts of arms whose splits have other names stand under the one split', () => {
  const of = (split: string) => ({ seed: null, counts: [countOf({ key: 'x', split })] });
  const rows = rowsOf([armOf('base', [of('test')]), armOf('grpo', [of('eval')])]);
  const text = { prompt: '1+1=', completion: '2', target: '2', verdict: 'correct' };
  const [sample] = toFinalSamples(rows, [{ arm: 'grpo', split: 'eval', key: 'x', ...text }]);
  assert.deepEqual([sample!.phase, sample!.problemId], ['all', 'id of x']);
  assert.deepEqual(keysOf(rows, 'all', new Set(['id of x'])), ['x']);
});

test('settings that are not alike are named, but for what arms are expected to differ in', () => {
  const arm = (name: string, settings: Record<string, string>) => ({
    ...armOf(name, [runOf({ x: 1, y: 0 })]),
    settings: { model: name, scorer: 'match', ...settings },
  });
  const { input } = rowsOf([
    arm('base', { 'settings.temperature': '0', 'settings.seed': '1' }),
    arm('grpo', { 'settings.temperature': '1', 'settings.seed': '2', 'settings.top_p': '0.9' }),
  ]);
  assert.deepEqual(input.imported!.notices, [
    'The arms do not differ in their models alone: temperature (0 in base, 1 in grpo); top_p (not told in base, 0.9 in grpo).',
  ]);
});
