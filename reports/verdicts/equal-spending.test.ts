import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hypothesisSchema, type HypothesisInput } from '../../config/hypothesis.ts';
import { analyzeComparison } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { claimSection } from '../page/claim-section.ts';
import { toCsvFiles } from '../text/csv-files.ts';
import { toSummaryMarkdown } from '../text/summary-markdown.ts';

/** grpo samples twice as many tokens as the other trained arms: 16 000 against 8000. */
const simulated = simulateComparison({ bases: 3, seeds: 2, problems: 40, samples: 8, steps: 8 });

function decide(equal: HypothesisInput['equal'], control: string, input: ComparisonInput = simulated) {
  const hypothesis = hypothesisSchema.parse({
    claim: 'GRPO raises pass@1.',
    treatment: 'grpo',
    control,
    metric: { name: 'pass@k', split: 'clean', k: 1 },
    alternative: 'greater',
    equal,
    reported: 'greater',
  });
  const sorted = sortComparison({
    ...input,
    experiment: { ...input.experiment, hypotheses: [hypothesis] },
  });
  const analysis = analyzeComparison(sorted);
  return { input: sorted, analysis, row: analysis.verdicts[0]! };
}

test('a comparison at equal spending is not tested where the ledger disagrees, and says both figures', async () => {
  const { input, analysis, row } = decide({ unit: 'sampled-tokens' }, 'random-reward');
  const reason =
    'sampled-tokens were to be equal within 5.0%, but grpo spent 16000 and random-reward 8000: 50.0% apart';
  assert.deepEqual(row.verdict === 'not-tested' && row.reason, reason);
  const csv = toCsvFiles(input, analysis).get('verdicts.csv')!;
  assert.ok(
    csv.split('\n')[1]!.startsWith(`1,GRPO raises pass@1.,not-tested,"${reason}",greater,grpo,`),
    csv,
  );
  assert.ok(toSummaryMarkdown(input, analysis).includes('| not-tested | greater | – |'));
  const page = (await claimSection(analysis))!.body.markup;
  assert.match(page, />not-tested<\/strong>/);
  assert.ok(page.includes('but grpo spent 16000 and random-reward 8000'));
});

test('a comparison at equal spending is decided where the ledger agrees, and by the tolerance declared', () => {
  assert.equal(decide({ unit: 'labels' }, 'random-reward').row.verdict, 'supported');
  assert.equal(decide({ unit: 'sampled-tokens', tolerance: 0.5 }, 'random-reward').row.verdict, 'supported');
  assert.equal(
    decide({ unit: 'sampled-tokens', tolerance: 0.49 }, 'random-reward').row.verdict,
    'not-tested',
  );
  assert.equal(decide(undefined, 'random-reward').row.verdict, 'supported');
});

test('evaluations are no part of what is to be equal', () => {
  const ledger = simulated.ledger.map((row) =>
    row.runId.startsWith('negative-only') && row.stage === 'evaluation' ? { ...row, flops: 1e12 } : row,
  );
  const doubled = ledger.map((row) =>
    row.runId.startsWith('negative-only') && row.stage !== 'evaluation'
      ? { ...row, flops: 2 * row.flops }
      : row,
  );
  const input = { ...simulated, ledger: doubled };
  assert.notEqual(decide({ unit: 'flops' }, 'negative-only', input).row.verdict, 'not-tested');
});

test('a run that nobody counted leaves the comparison untested, and an unfinished one pending', () => {
  const uncounted = decide({ unit: 'flops' }, 'grpo', { ...simulated, uncountedRuns: ['grpo-0'] }).row;
  assert.match(
    uncounted.verdict === 'not-tested' ? uncounted.reason : '',
    /not every step of grpo is in the ledger/,
  );
  const runs = simulated.runs.map((run) => (run.id === 'grpo-0' ? { ...run, status: 'running' } : run));
  assert.equal(decide({ unit: 'flops' }, 'base', { ...simulated, runs }).row.verdict, 'pending');
});
