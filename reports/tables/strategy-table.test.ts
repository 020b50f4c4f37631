import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EvaluationCount, MetricPoint, RunRecord } from '../comparison/comparison-input.ts';
import { completeFormatShares } from './format-shares.ts';
import type { PairedFinals } from '../comparison/paired-finals.ts';
import { dominantFormat, tabulateStrategies } from './strategy-table.ts';

type Problem = readonly [format: string, correctOfTwo: number];

const counted = ([format, c]: Problem): EvaluationCount =>
  ({ n: 2, c, formats: { [format]: { n: 2, c }, unused: { n: 0, c: 0 } } }) as unknown as EvaluationCount;

/** One run in which each [before, after] occurs `times` times. */
function pair(
  problems: readonly (readonly [before: Problem, after: Problem])[],
  times: number,
): PairedFinals {
  const all = Array.from({ length: times }, () => problems).flat();
  return {
    condition: 'random-reward',
    reference: 'base',
    split: 'clean',
    problemIds: all.map((_, i) => `p${i}`),
    before: [all.map(([before]) => counted(before))],
    after: [all.map(([, after]) => counted(after))],
    bases: [0],
  };
}

test('the dominant format is that of most samples; ties go to the first by name', () => {
  const formats = { scratchpad: { n: 3, c: 0 }, direct: { n: 5, c: 0 } };
  assert.equal(dominantFormat({ formats }), 'direct');
  assert.equal(dominantFormat({ formats: { b: { n: 2, c: 0 }, a: { n: 2, c: 2 } } }), 'a');
  assert.equal(dominantFormat({ formats: { a: { n: 0, c: 0 } } }), null);
});

test('by hand: gains inside the four switches add up to the total, contributions to 1', () => {
  const rows = tabulateStrategies(
    [
      pair(
        [
          [
            ['direct', 0],
            ['scratchpad', 2],
          ],
          [
            ['scratchpad', 1],
            ['scratchpad', 2],
          ],
          [
            ['scratchpad', 1],
            ['direct', 0],
          ],
          [
            ['direct', 1],
            ['direct', 1],
          ],
        ],
        12,
      ),
    ],
    'f'.repeat(64),
  );
  assert.deepEqual(
    rows.map((row) => [row.before, row.after, row.share, row.gain, row.contribution]),
    [
      ['direct', 'direct', 0.25, 0, 0],
      ['direct', 'scratchpad', 0.25, 0.25, 1],
      ['scratchpad', 'direct', 0.25, -0.125, -0.5],
      ['scratchpad', 'scratchpad', 0.25, 0.125, 0.5],
    ],
  );
  for (const row of rows) {
    assert.deepEqual([row.state, row.totalGain, row.problems, row.seeds], ['defined', 0.25, 48, 1]);
    assert.ok(row.totalLow > 0 && row.totalLow < 0.25 && row.totalHigh > 0.25);
  }
});

test('a total gain that may be 0 has no shares, but its parts are there', () => {
  const rows = tabulateStrategies(
    [
      pair(
        [
          [
            ['direct', 0],
            ['scratchpad', 2],
          ],
          [
            ['scratchpad', 2],
            ['direct', 0],
          ],
        ],
        8,
      ),
    ],
    'f'.repeat(64),
  );
  assert.deepEqual(
    rows.map(({ state, gain, contribution, totalGain }) => [state, gain, contribution, totalGain]),
    [
      ['no-total-gain', 0.5, null, 0],
      ['no-total-gain', -0.5, null, 0],
    ],
  );
});

test('with one format there is no strategy to switch', () => {
  const one = pair(
    [
      [
        ['direct', 0],
        ['direct', 2],
      ],
    ],
    4,
  );
  assert.deepEqual(tabulateStrategies([one], 'f'), []);
});

test('a format that a step did not take has a share of 0 there, if a run of the condition ever takes it', () => {
  const runs = [
    { id: 'a0', condition: 'a' },
    { id: 'a1', condition: 'a' },
    { id: 'b0', condition: 'b' },
  ] as RunRecord[];
  const point = (runId: string, step: number, name: string, value: number): MetricPoint => ({
    runId,
    step,
    name,
    value,
  });
  const metrics = [
    point('a0', 0, 'format/direct', 0.5),
    point('a0', 0, 'format/scratchpad', 0.5),
    point('a0', 0, 'reward/mean', 0.1),
    point('a0', 1, 'format/scratchpad', 1),
    point('a1', 0, 'format/direct', 1),
    point('b0', 0, 'format/direct', 1),
  ];
  assert.deepEqual(completeFormatShares({ runs, metrics }).slice(metrics.length), [
    point('a0', 1, 'format/direct', 0),
    point('a1', 0, 'format/scratchpad', 0),
  ]);
});
