import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzeComparison } from '../comparison/analyze-comparison.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { renderReportPage } from '../page/report-page.ts';
import { toSummaryMarkdown } from './summary-markdown.ts';
import { describeUnverified } from './unverified-text.ts';

const runs = [
  { id: 'b-0', condition: 'base' },
  { id: 'g-0', condition: 'grpo' },
  { id: 'g-1', condition: 'grpo' },
];
const count = (runId: string, split: string, unverifiable: number, malformed = 0) => ({
  ...{ runId, split, unverifiable, malformed },
  answers: 100,
});

test('an arm is named with its share, over its runs, on the splits where more than 2 % could not be verified', () => {
  const notice = describeUnverified(
    [
      count('g-1', 'dev', 3),
      count('g-0', 'dev', 1),
      count('g-0', 'clean', 10, 7),
      count('g-1', 'clean', 15, 8),
      count('b-0', 'clean', 3),
      count('gone', 'clean', 100),
    ],
    runs,
  );
  assert.match(notice!.head, /^More than 2 % of the answers could not be verified/);
  assert.deepEqual(notice!.arms, [
    'base on clean: 3.0 % of 100 answers; a further 0.0 % were malformed and count as wrong',
    'grpo on clean: 12.5 % of 200 answers; a further 7.5 % were malformed and count as wrong',
  ]);
  assert.equal(
    describeUnverified([count('g-0', 'clean', 2, 90)], runs),
    null,
    'malformed answers are wrong, not unknown',
  );
});

test('page and summary say so before any number, and only then', async () => {
  const simulated = simulateComparison({ seeds: 2, problems: 4, samples: 4, steps: 4 });
  const { id } = simulated.runs[0]!;
  const write = async (unverified: typeof simulated.unverified) => {
    const input = sortComparison({ ...simulated, unverified });
    const analysis = analyzeComparison(input);
    return [await renderReportPage(input, analysis), toSummaryMarkdown(input, analysis)] as const;
  };
  const told = /could not be verified/;
  for (const text of await write([count(id, 'clean', 50)]))
    assert.ok(text.search(told) > 0 && text.search(told) < text.search(/>Answer<\/h2>|## Answer/));
  for (const text of await write([])) assert.doesNotMatch(text, told);
});
