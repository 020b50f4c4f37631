import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { estimateRest, updatePace, type Pace } from './estimate-rest.ts';
import { mapWork, NO_WORK, type WorkState } from './work-left.ts';

interface RecordedProgress {
  readonly seconds: number;
  readonly all: { readonly documents: number; readonly rollouts: number; readonly completions: number };
  readonly looks: readonly (readonly [number, number, number, number, number, number, number, number])[];
}

const recorded = JSON.parse(
  readFileSync(new URL('../tests/fixtures/progress/quickstart.json', import.meta.url), 'utf8'),
) as RecordedProgress;

function* replay(): Generator<{ readonly seconds: number; readonly state: WorkState }> {
  for (const [
    seconds,
    documents,
    rollouts,
    completions,
    longRollouts,
    longCompletions,
    bases,
    busy,
  ] of recorded.looks) {
    const done = { documents, rollouts, completions };
    const left = mapWork((kind) => recorded.all[kind] - done[kind]);
    const longestRun = { documents: 0, rollouts: longRollouts, completions: longCompletions };
    yield { seconds, state: { done, left, longestRun, bases, busy } };
  }
}

test('from a tenth of a recorded quickstart on the estimate is within 30 % of the truth, near its end within a minute', () => {
  let pace: Pace | null = null;
  let looks = 0;
  for (const { seconds, state } of replay()) {
    pace = updatePace(pace, state, 1000 * seconds);
    const { restMs } = estimateRest(pace, state, { atMs: 1000 * seconds, trainWorkers: 2 });
    if (seconds < recorded.seconds / 10) continue;
    const truth = recorded.seconds - seconds;
    const isNear = Math.abs(restMs! / 1000 - truth) < (truth > 200 ? 0.3 * truth : 60);
    assert.ok(isNear, `${seconds} s: ${restMs! / 1000} s left, in truth ${truth} s`);
    looks += 1;
  }
  assert.ok(looks > 40);
});

/** One base model of 1,000 documents, then two runs of 500 rollouts each, on two workers. */
function stateOf(documents: number, rollouts: number, busy: number): WorkState {
  return {
    done: { ...NO_WORK, documents, rollouts },
    left: { ...NO_WORK, documents: 1000 - documents, rollouts: 1000 - rollouts },
    longestRun: { ...NO_WORK, rollouts: (1000 - rollouts) / 2 },
    bases: documents < 1000 ? 1 : 0,
    busy,
  };
}

const look = { trainWorkers: 2 };

test('what was not seen yet costs what is expected of it beside what was', () => {
  let pace = updatePace(null, stateOf(0, 0, 1), 0);
  // 400 documents in 4 s: 10 ms each, so 28 ms per rollout, of which two workers do 1,000.
  pace = updatePace(pace, stateOf(400, 0, 1), 4000);
  const { restMs } = estimateRest(pace, stateOf(400, 0, 1), { ...look, atMs: 4000 });
  assert.equal(Math.round(restMs!), 600 * 10 + (1000 * 28) / 2);
});

test('what was seen replaces what was expected, and time without progress is taken off', () => {
  let pace = updatePace(null, stateOf(1000, 0, 2), 0);
  // Two workers, 10 s for 500 rollouts: 40 ms of a worker each.
  const half = stateOf(1000, 500, 2);
  pace = updatePace(pace, half, 10_000);
  assert.equal(Math.round(estimateRest(pace, half, { ...look, atMs: 10_000 }).restMs!), 10_000);
  assert.equal(Math.round(estimateRest(pace, half, { ...look, atMs: 13_000 }).restMs!), 7000);
  pace = updatePace(pace, half, 13_000);
  assert.equal(Math.round(estimateRest(pace, half, { ...look, atMs: 13_000 }).restMs!), 7000);
});

test('of a resumed matrix the time until it gets on is no work', () => {
  let pace = updatePace(null, stateOf(1000, 500, 2), 0);
  // Workers start for 10 s; then 200 rollouts in 2 s of two workers, 20 ms each.
  pace = updatePace(pace, stateOf(1000, 510, 2), 10_000);
  assert.equal(estimateRest(pace, stateOf(1000, 510, 2), { ...look, atMs: 10_000 }).restMs, null);
  const state = stateOf(1000, 710, 2);
  pace = updatePace(pace, state, 12_000);
  assert.equal(Math.round(estimateRest(pace, state, { ...look, atMs: 12_000 }).restMs!), (290 * 20) / 2);
});

test('one run cannot be shared: the rest lasts as long as the longest', () => {
  let pace = updatePace(null, stateOf(1000, 0, 2), 0);
  const state = { ...stateOf(1000, 500, 2), longestRun: { ...NO_WORK, rollouts: 500 } };
  pace = updatePace(pace, state, 10_000);
  assert.equal(Math.round(estimateRest(pace, state, { ...look, atMs: 10_000 }).restMs!), 20_000);
});

test('the start of workers is no work, nothing seen is no estimate, and a finished matrix has nothing left', () => {
  assert.equal(updatePace(null, stateOf(0, 0, 0), 0), null);
  const pace = updatePace(null, stateOf(0, 0, 1), 30_000);
  assert.deepEqual(estimateRest(pace, stateOf(0, 0, 1), { ...look, atMs: 40_000 }), {
    doneShare: 0,
    restMs: null,
  });
  const end = stateOf(1000, 1000, 0);
  const last = updatePace(pace, end, 90_000);
  assert.deepEqual(estimateRest(last, end, { ...look, atMs: 90_000 }), { doneShare: 1, restMs: 0 });
});
