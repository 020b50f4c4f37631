import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { keepTables, LARGEST_PLAIN_BYTES } from '../text/kept-tables.ts';
import { confidenceTable, probeTable, stepTable, tabulateConfidences, tabulateSteps } from './raw-tables.ts';
import { evaluationTable } from './run-tables.ts';
import { toCsv } from './table.ts';

const simulated = sortComparison(simulateComparison({ seeds: 2, problems: 2, samples: 8, steps: 3 }));
const lines = (text: string): string[] => text.trimEnd().split('\n');

test('a problem’s row holds its samples by format and its votes, so that shares and maj@k follow from it', () => {
  const [row] = simulated.evaluations;
  const input: ComparisonInput = {
    ...simulated,
    evaluations: [
      {
        ...row!,
        n: 8,
        c: 3,
        answers: { '85': 3, '75': 1, '84': 2, '': 2 },
        formats: { direct: { n: 8, c: 3 } },
      },
    ],
  };
  assert.deepEqual(lines(toCsv(evaluationTable(input), input.evaluations)), [
    'run,condition,base_seed,seed,split,step,problem,n,c,tokens,n/direct,c/direct,votes_right,votes_wrong',
    `base-0,base,0,0,clean,0,clean-000,8,3,${row!.tokens},8,3,3,2 1`,
  ]);
});

test('where confidences are stated, a problem has how many samples stated each, and how many of those are right', () => {
  const row = simulated.evaluations.find(({ runId, split }) => runId === 'base-0' && split === 'clean')!;
  const confidences = { '0.9': { n: 4, c: 2 }, '': { n: 1, c: 0 }, '0.5': { n: 3, c: 1 } };
  const input = { ...simulated, evaluations: [{ ...row, confidences }] };
  const [head, line] = lines(toCsv(evaluationTable(input), input.evaluations));
  assert.match(head!, /,stated$/);
  assert.match(line!, /,0\.5:1\/3 0\.9:2\/4$/);
});

test('a step is one row of its run with every metric, a format that it did not take at 0', () => {
  const metrics = [
    { runId: 'grpo-0', step: 0, name: 'format/direct', value: 0.5 },
    { runId: 'grpo-0', step: 0, name: 'update/clip_fraction', value: 0.125 },
    { runId: 'grpo-0', step: 1, name: 'format/scratchpad', value: 1 },
  ];
  const input = { ...simulated, metrics };
  const rows = tabulateSteps(input);
  assert.deepEqual(lines(toCsv(stepTable(input, rows), rows)), [
    'run,condition,base_seed,seed,step,format/direct,format/scratchpad,update/clip_fraction',
    'grpo-0,grpo,0,0,0,0.5,0,0.125',
    'grpo-0,grpo,0,0,1,0,1,',
  ]);
});

test('probe scores keep their problem, and a number of the whole run has none', () => {
  const score = { runId: 'grpo-1', step: 3, probe: 'fast-slow', metric: 'slow', split: 'clean', value: 0.25 };
  const probeScores = [
    { ...score, problemIndex: 7 },
    { ...score, split: '', problemIndex: -1 },
  ];
  const input = { ...simulated, probeScores };
  assert.deepEqual(lines(toCsv(probeTable(input), probeScores)).slice(1), [
    'grpo-1,grpo,0,1,3,fast-slow,slow,clean,7,0.25',
    'grpo-1,grpo,0,1,3,fast-slow,slow,,,0.25',
  ]);
});

test('confidences are summed over the problems of a split', () => {
  const evaluations = simulated.evaluations
    .filter(({ runId, split }) => runId === 'grpo-0' && split === 'clean')
    .map((row) => ({ ...row, confidences: { '0.5': { n: 3, c: 1 }, '': { n: 1, c: 0 } } }));
  const input = { ...simulated, evaluations };
  assert.deepEqual(lines(toCsv(confidenceTable(input), tabulateConfidences(input))).slice(1), [
    'grpo-0,grpo,0,0,clean,3,0.5,6,2',
    'grpo-0,grpo,0,0,clean,3,,2,0',
  ]);
});

test('a large table is kept compressed and unpacks to the same text', () => {
  const large = 'a,b\n'.repeat(LARGEST_PLAIN_BYTES / 4 + 1);
  const [small, packed] = keepTables(new Map([['small.csv', 'a\n'], ['large.csv', large]])); // prettier-ignore
  assert.deepEqual(small, ['small.csv', 'a\n']);
  assert.equal(packed![0], 'large.csv.gz');
  assert.equal(gunzipSync(packed![1]).toString(), large);
});
