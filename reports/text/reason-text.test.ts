import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprint } from '../../config/canonical.ts';
import { checkSchema } from '../../config/check.ts';
import { hypothesisSchema, type HypothesisInput } from '../../config/hypothesis.ts';
import { analyzeComparison } from '../comparison/analyze-comparison.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { claimSection } from '../page/claim-section.ts';
import { listReasons } from './reason-text.ts';
import { toSummaryMarkdown } from './summary-markdown.ts';

const compared = {
  treatment: 'grpo',
  control: 'base',
  metric: { name: 'pass@k', split: 'clean', k: 1 },
} as const;
const toHypothesis = (own: Partial<HypothesisInput>) =>
  hypothesisSchema.parse({
    ...{ ...compared, claim: 'GRPO raises pass@1.', alternative: 'greater', reported: 'greater', ...own },
  });
const toCheck = (reason?: string) =>
  checkSchema.parse({
    ...{ ...compared, kind: 'positive-control', says: 'It lifts.', alternative: 'greater' },
    bound: { value: 0.1, unit: 'fraction', ...(reason === undefined ? {} : { reason }) },
  });

const explained = toHypothesis({
  margin: { value: 0.01, unit: 'fraction', reason: 'Two samples of the same base differ by as much.' },
  interest: { value: 0.03, unit: 'fraction', reason: 'The paper calls 3 points a gain.' },
});

test('a declaration’s reasons are listed by hypothesis and check, and what has none is left out', () => {
  const share = toHypothesis({
    alternative: 'equivalent',
    margin: { share: 0.25, of: { treatment: 'grpo', control: 'base' }, reason: 'A quarter is no gain.' },
  });
  const checks = { delivered: toCheck('Half of what the paper has.'), other: toCheck() };
  assert.deepEqual(listReasons([toHypothesis({}), explained, share], checks), [
    { of: 'hypothesis 2, margin 0.01', reason: 'Two samples of the same base differ by as much.' },
    { of: 'hypothesis 2, effect of interest 0.03', reason: 'The paper calls 3 points a gain.' },
    { of: 'hypothesis 3, share as margin 25% of (grpo − base)', reason: 'A quarter is no gain.' },
    { of: 'check delivered, bound +0.100', reason: 'Half of what the paper has.' },
  ]);
});

test('without a reason a declaration is to the letter what it was, so that stored experiments keep their ids', () => {
  const margin = { value: 0.01, unit: 'fraction' } as const;
  assert.equal(
    fingerprint(toHypothesis({ margin, interest: { ...margin, value: 0.03 } })),
    fingerprint({ ...toHypothesis({}), margin, interest: { ...margin, value: 0.03 } }),
  );
  assert.ok(!hypothesisSchema.safeParse({ ...toHypothesis({}), margin: { ...margin, reason: '' } }).success);
});

test('the summary and the page print reasons, and no heading where there is none', async () => {
  const simulated = simulateComparison({ bases: 2, seeds: 1, problems: 8, samples: 4, steps: 2 });
  const print = async (hypothesis: typeof explained) => {
    const experiment = { ...simulated.experiment, hypotheses: [hypothesis] };
    const input = sortComparison({ ...simulated, experiment });
    const analysis = analyzeComparison(input);
    const page = (await claimSection(analysis))!.body.markup;
    return { summary: toSummaryMarkdown(input, analysis), page };
  };
  const { summary, page } = await print(explained);
  assert.ok(summary.includes('- hypothesis 1, effect of interest 0.03: The paper calls 3 points a gain.'));
  assert.match(page, /<dt>hypothesis 1, margin 0\.01<\/dt>\s*<dd>Two samples of the same base/);
  const plain = await print(toHypothesis({}));
  assert.ok(!`${plain.summary}${plain.page}`.includes('Why these margins'));
});
