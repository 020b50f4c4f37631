import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzeComparison } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { renderReportPage } from '../page/report-page.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { describeDraws, describeMachines, describeSources } from './source-notes.ts';
import { toSummaryMarkdown } from './summary-markdown.ts';

const small = simulateComparison({ seeds: 2, problems: 8, samples: 4, steps: 2 });
const [a, b] = ['a', 'b'].map((letter) => letter.repeat(64)) as [string, string];

function withSources(sources: readonly (string | null)[]): ComparisonInput {
  const runs = small.runs.map((run, i) => ({ ...run, sources: sources[i % sources.length]! }));
  return { ...small, runs };
}

test('runs of one known program need no note, and those that are not completed do not count', () => {
  assert.deepEqual(describeSources(withSources([a])), []);
  const [first, ...rest] = withSources([a]).runs;
  assert.deepEqual(describeSources({ runs: [{ ...first!, sources: b, status: 'failed' }, ...rest] }), []);
});

test('the page and the summary name a mixture of programs and what is unknown', async () => {
  const mixed = withSources([a, b]);
  const half = mixed.runs.length / 2;
  const note = `Mixed sources: not one program computed these runs, but aaaaaaaaaaaa (${half} runs), bbbbbbbbbbbb (${half} runs)`;
  const analysis = analyzeComparison(mixed);
  assert.ok(toSummaryMarkdown(mixed, analysis).includes(note));
  assert.ok((await renderReportPage(mixed, analysis)).includes(note));
  assert.match(describeSources(withSources([null, a]))[0]!, /^Unknown sources: .* \d+ runs is not on record/);
});

test('a run that went on under other sources is a mixture by itself', () => {
  assert.match(describeSources(withSources([`${a} ${b}`]))[0]!, /aaaaaaaaaaaa then bbbbbbbbbbbb/);
});

test('runs that were computed on several kinds of machine say so, and which changed the kind in between', async () => {
  assert.deepEqual(describeMachines(small), []);
  const [here, there] = ['AMD EPYC', 'Apple M9'].map((processor) =>
    JSON.stringify({ processor, backend: 'native', tensorflow: '2.21.0', tfjs: '4.22.0' }),
  ) as [string, string];
  const [first, second, ...rest] = small.runs;
  const runs = [
    { ...first!, machines: [here] },
    { ...second!, machines: [here, there] },
    ...rest.map((run) => ({ ...run, machines: [] })),
  ];
  const note =
    'Mixed machines: not one kind of machine computed these runs, but AMD EPYC native 2.21.0 (2 runs), ' +
    'Apple M9 native 2.21.0 (1 run); 1 run changed the kind in between.';
  const mixed = { ...small, runs };
  const analysis = analyzeComparison(mixed);
  assert.ok(toSummaryMarkdown(mixed, analysis).includes(note));
  assert.ok((await renderReportPage(mixed, analysis)).includes(note));
});

test('runs whose bases drew alike say that they are no independent replications', () => {
  assert.deepEqual(describeDraws(small), []);
  const runs = small.runs.map((run, i) => ({ ...run, baseSeed: i % 2, hasSharedDraws: true }));
  assert.match(describeDraws({ runs })[0]!, /^Shared draws: \d+ runs of an earlier version/);
  assert.deepEqual(describeDraws({ runs: runs.filter(({ baseSeed }) => baseSeed === 0) }), []);
});
