import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hypothesisSchema, type HypothesisInput } from '../../config/hypothesis.ts';
import { analyzeComparison } from '../comparison/analyze-comparison.ts';
import { claimSection } from '../page/claim-section.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { toCsvFiles } from '../text/csv-files.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { toSummaryMarkdown } from '../text/summary-markdown.ts';
import { drawVerdicts } from '../figures/verdict-figure.ts';
import { describeTest } from '../text/hypothesis-text.ts';
import { describeNeed, describeSize } from '../text/verdict-text.ts';
import type { DecidedRow, VerdictRow } from './verdict-table.ts';

const size = { bases: 3, seeds: 2, problems: 40, samples: 8, steps: 8 };
const passAt1 = { name: 'pass@k', split: 'clean', k: 1 } as const;
const fraction = (value: number) => ({ value, unit: 'fraction' as const });

function withHypotheses(
  input: ComparisonInput,
  hypotheses: readonly Partial<HypothesisInput>[],
): ComparisonInput {
  const declared = hypotheses.map((hypothesis) =>
    hypothesisSchema.parse({
      claim: 'GRPO raises pass@1.',
      treatment: 'grpo',
      control: 'base',
      metric: passAt1,
      alternative: 'greater',
      reported: 'greater',
      ...hypothesis,
    }),
  );
  return { ...input, experiment: { ...input.experiment, source: 'arXiv 1', hypotheses: declared } };
}

function verdictsOf(
  input: ComparisonInput,
  hypotheses: readonly Partial<HypothesisInput>[],
): readonly VerdictRow[] {
  return analyzeComparison(sortComparison(withHypotheses(input, hypotheses))).verdicts;
}

const simulated = simulateComparison(size);

test('a true effect is supported, its opposite contradicted, and no effect is neither', () => {
  const rows = verdictsOf(simulated, [
    {},
    { alternative: 'less' },
    { treatment: 'random-reward', margin: fraction(0.002) },
    { alternative: 'greater', margin: fraction(0.5) },
    { metric: { name: 'format-share', split: 'clean', format: 'scratchpad' } },
    { metric: { name: 'pass@k', split: 'clean', k: 2 } },
    { metric: { name: 'maj@k', split: 'clean', k: 4 } },
  ]);
  assert.deepEqual(
    rows.map(({ verdict }) => verdict),
    ['supported', 'contradicted', 'underpowered', 'contradicted', 'supported', 'supported', 'supported'],
  );
  const first = rows[0] as DecidedRow;
  assert.equal(describeSize(first), '3 bases × 2 seeds, 40 problems');
  const pass = analyzeComparison(sortComparison(simulated)).passAtK;
  const meanOf = (name: string): number =>
    pass.find((row) => row.condition === name && row.split === 'clean' && row.k === 1)!.mean;
  assert.ok(Math.abs(first.evidence.effect - (meanOf('grpo') - meanOf('base'))) < 1e-12);
  assert.match(describeNeed(rows[2]!), /^could see 0\.\d+, at Holm’s level 0\.\d+; /);
});

test('stated confidences are compared problem by problem, by the Brier score of their samples; without any there is no verdict', () => {
  const metric = { name: 'brier', split: 'clean' } as const;
  // base: half right at confidence 1, half wrong at 1, so 1/2; grpo the same at confidence 1/2, so 1/4.
  const evaluations = simulated.evaluations.map((row) => ({
    ...row,
    confidences: { [row.runId.startsWith('grpo') ? '0.5' : '1']: { n: 4, c: 2 }, '': { n: 3, c: 0 } },
  }));
  const [row] = verdictsOf({ ...simulated, evaluations }, [
    { metric, alternative: 'less', reported: 'less' },
  ]) as [DecidedRow];
  assert.equal(row.evidence.effect, -0.25);
  assert.equal(row.evidence.problems, 40);
  const silent = verdictsOf(simulated, [{ metric }])[0]!;
  assert.match(silent.verdict === 'not-tested' ? silent.reason : '', /undefined for some problem of clean/);
});

test('a step metric is one number per run: the mean over the last quarter of the steps', () => {
  const metric = { name: 'step', metric: 'rollout/length_tokens', over: 'last-quarter' } as const;
  const unit = { value: 0, unit: 'tokens' as const };
  const [row] = verdictsOf(simulated, [{ control: 'random-reward', metric, margin: unit }]) as [DecidedRow];
  assert.equal(row.evidence.problems, 1);
  assert.equal(row.evidence.problemFlipP, null);
  const lastSteps = (condition: string): number[] =>
    simulated.metrics
      .filter(
        ({ runId, name, step }) => runId.startsWith(`${condition}-`) && name === metric.metric && step >= 6,
      )
      .map(({ value }) => value);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(
    Math.abs(row.evidence.effect - (mean(lastSteps('grpo')) - mean(lastSteps('random-reward')))) < 1e-9,
  );
  const untrained = verdictsOf(simulated, [{ metric }])[0]!;
  assert.equal(
    untrained.verdict === 'not-tested' && untrained.reason,
    'run base-0 did not record the metric',
  );
});

test('a format that a step did not meet has the share 0 there', () => {
  const metric = { name: 'step', metric: 'format/direct', over: 'mean' } as const;
  const isMet = ({ runId, name, step }: { runId: string; name: string; step: number }): boolean =>
    name !== 'format/direct' || !runId.startsWith('grpo') || step === 0;
  const metrics = simulated.metrics
    .filter(isMet)
    .map((point) => (point.name === 'format/direct' ? { ...point, value: 0.8 } : point));
  const [row] = verdictsOf({ ...simulated, metrics }, [{ control: 'random-reward', metric }]) as [DecidedRow];
  assert.ok(Math.abs(row.evidence.effect - (0.8 / 8 - 0.8)) < 1e-12);
});

test('a probe is compared problem by problem, or with another of its metrics in the same runs', () => {
  const score = (runId: string, metric: string, problemIndex: number, value: number) => ({
    runId,
    step: 8,
    probe: 'fast-slow',
    metric,
    split: 'clean',
    problemIndex,
    value,
  });
  const probeScores = simulated.runs
    .filter(({ condition }) => condition === 'grpo' || condition === 'random-reward')
    .flatMap(({ id, condition, baseSeed, seed }) =>
      [0, 1, 2].flatMap((problem) => [
        score(id, 'slow', problem, (condition === 'grpo' ? 0.9 : 0.2) + 0.01 * (baseSeed + seed + problem)),
        score(id, 'fast', problem, 0.1 + 0.01 * (problem % 2)),
      ]),
    );
  const slow = { name: 'probe', probe: 'fast-slow', metric: 'slow', split: 'clean' } as const;
  const rows = verdictsOf({ ...simulated, probeScores }, [
    { control: 'random-reward', metric: slow },
    { control: 'grpo', metric: slow, controlMetric: { ...slow, metric: 'fast' } },
    { control: 'grpo', metric: slow, controlMetric: passAt1 },
  ]);
  assert.deepEqual(
    rows.map(({ verdict }) => verdict),
    ['supported', 'supported', 'supported'],
  );
  assert.ok(Math.abs((rows[0] as DecidedRow).evidence.effect - 0.7) < 1e-12);
  assert.equal((rows[1] as DecidedRow).evidence.problems, 3);
  assert.match(
    describeSize(rows[2] as DecidedRow),
    /^3 bases × 2 seeds, each run’s mean over its own problems, as the conditions share none$/,
  );
});

test('what is absent, unfinished, or a single run is no verdict and says why, yet counts in the correction', () => {
  const runs = simulated.runs.map((run) => (run.id === 'grpo-1-0' ? { ...run, status: 'running' } : run));
  const rows = verdictsOf({ ...simulated, runs }, [
    {},
    { control: 'bsae', treatment: 'negative-only' },
    { treatment: 'negative-only' },
  ]);
  assert.deepEqual(
    rows.map((row) => describeNeed(row)),
    ['5 of 6 runs of grpo are completed (others: running)', 'there is no condition bsae', ''],
  );
  const decided = rows[2] as DecidedRow;
  assert.ok(Math.abs(decided.holmSupportP - Math.min(1, 3 * decided.evidence.supportP)) < 1e-12);
  const single = verdictsOf(simulateComparison({ ...size, bases: 1, seeds: 1 }), [{}])[0]!;
  assert.match(describeNeed(single), /^one run per condition says nothing of other runs/);
});

test('one base is no level, and the report says so', async () => {
  const input = withHypotheses(simulateComparison({ ...size, bases: 1, seeds: 4 }), [{}]);
  const analysis = analyzeComparison(sortComparison(input));
  assert.equal(describeSize(analysis.verdicts[0] as DecidedRow), '1 base only, 4 seeds, 40 problems');
  assert.match((await claimSection(analysis))!.body.markup, /one base model that level is absent/);
});

test('page, summary and CSV open with the same verdicts', () => {
  const input = sortComparison(
    withHypotheses(simulated, [{}, { treatment: 'nothing', claim: 'Nothing | helps.' }]),
  );
  const analysis = analyzeComparison(input);
  const summary = toSummaryMarkdown(input, analysis);
  assert.match(
    summary,
    /^# which-signal-teaches\n\n[^\n]+\n\n## Answer\n\n- [\s\S]+?\n\n## Verdict per claim\n\nSource: arXiv 1\.\n\nFixed before the run/,
  );
  assert.match(
    summary,
    /\| GRPO raises pass@1\. \| supported \| greater \| \+0\.\d+ \(\+0\.\d+ to \+0\.\d+\) \|/,
  );
  assert.match(summary, /Nothing \\\| helps\. \| not-tested /);
  const csv = toCsvFiles(input, analysis).get('verdicts.csv')!.split('\n');
  assert.match(csv[1]!, /^1,GRPO raises pass@1\.,supported,,greater,grpo,base,,pass@1 on clean,/);
  assert.match(csv[2]!, /^2,Nothing \| helps\.,not-tested,there is no condition nothing,/);
  assert.equal(csv[1]!.split(',').length, csv[0]!.split(',').length);
});

test('a test is named by what it holds to what', () => {
  const name = (hypothesis: Partial<HypothesisInput>): string =>
    describeTest(withHypotheses(simulated, [hypothesis]).experiment.hypotheses[0]!);
  assert.equal(name({}), 'grpo above base in pass@1 on clean');
  assert.equal(
    name({ alternative: 'equivalent', margin: fraction(0.05) }),
    'grpo within 0.05 of base in pass@1 on clean',
  );
  assert.equal(
    name({ alternative: 'greater', margin: fraction(0.05) }),
    'grpo above base by more than 0.05 in pass@1 on clean',
  );
});

test('at equal tokens each arm is read at its last dev evaluation within what the cheapest budget allows', () => {
  const { equalBudgets } = analyzeComparison(sortComparison(simulated));
  const rowOf = (condition: string, equal: string) =>
    equalBudgets.find((row) => row.condition === condition && row.equal === equal)!;
  // Evaluated on dev after 0, 2 and 5 of 8 steps; GRPO samples 2000 tokens per step, the others 1000.
  assert.deepEqual(
    ['grpo', 'negative-only'].map((name) => [rowOf(name, 'tokens').tokens, rowOf(name, 'tokens').steps]),
    [[4000, 2], [5000, 5]], // prettier-ignore
  );
  assert.equal(rowOf('grpo', 'tokens').budget, 5000);
  assert.deepEqual([rowOf('grpo', 'steps').tokens, rowOf('grpo', 'steps').steps], [10_000, 5]);
  assert.equal(rowOf('base', 'tokens'), undefined, 'an untrained arm spends nothing');
  assert.deepEqual([rowOf('grpo', 'steps').bases, rowOf('grpo', 'steps').seeds], [3, 6]);
});

test('the figure of verdicts keeps its width however long the names are', async () => {
  const metric = { name: 'format-share', split: 'contaminated', format: 'scratchpad' } as const;
  const controlMetric = { ...metric, format: 'direct' } as const;
  const rows = verdictsOf(simulated, [{}, { treatment: 'forking-tokens', metric, controlMetric }]);
  const [drawn] = await drawVerdicts(rows);
  assert.equal(drawn!.unit, 'fraction');
  const points = [
    ...drawn!.figure.markup.matchAll(/translate\(([\d.]+),[\d.]+\)" d="[^"]+" fill=[^>]*opacity="1"/g),
  ];
  const [first, second] = points.map(([, x]) => Number(x));
  assert.ok(Math.abs(first! - second!) > 30, `points at ${first} and ${second}`);
});
