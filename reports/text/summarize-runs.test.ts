import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarizeRuns } from './summarize-runs.ts';

function run(from: number | null, to: number | null, reusedRunId: string | null = null) {
  const at = (seconds: number | null): string | null =>
    seconds === null ? null : new Date(1000 * seconds).toISOString();
  return { startedAt: at(from), finishedAt: at(to), reusedRunId };
}

test('time that several runs share counts once, pauses between them and unfinished runs not at all', () => {
  const runs = [run(100, 110), run(0, 10), run(2, 5), run(8, 14), run(200, null), run(null, null)];
  assert.deepEqual(summarizeRuns(runs), { wallSeconds: 24, reusedRuns: 0 });
});

test('reused runs are counted', () => {
  assert.deepEqual(summarizeRuns([run(0, 1, 'other'), run(0, 1)]), { wallSeconds: 1, reusedRuns: 1 });
});
