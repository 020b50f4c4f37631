import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeTransaction, type Database } from '../store/connection.ts';
import { exampleRegistration, openExampleStore, temporaryStorePath } from '../example-store.fixture.ts';
import { registerExperiment, retryEndedRuns, type Registration } from './experiments.ts';
import { findOtherSources, MixedSourcesError } from './run-sources.ts';
import { endRun, findRun, listRuns, startRun } from './runs.ts';
import { recordStep } from './steps.ts';

const [then, now] = ['a', 'b'].map((letter) => letter.repeat(64)) as [string, string];

function recordExampleStep(db: Database, runId: string): void {
  writeTransaction(db, (tx) => recordStep(tx, { runId, step: 0, rollouts: 1, tokens: 1 }, {}));
}

function complete(db: Database, runId: string, sources: string): void {
  startRun(db, runId, { provenance: '{}', sources: sources ?? null });
  recordExampleStep(db, runId);
  endRun(db, runId, { status: 'completed', failure: null });
}

test('a matrix that other sources computed a part of is refused before anything is written', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  complete(db, 'r1', then);
  const more: Registration = {
    ...exampleRegistration,
    runs: [...exampleRegistration.runs, { ...exampleRegistration.runs[0]!, id: 'r3', seed: 7 }],
  };
  assert.throws(
    () => registerExperiment(db, { ...more, sources: now }),
    (error: Error) =>
      error instanceof MixedSourcesError &&
      ['r1', then.slice(0, 12), now.slice(0, 12), '--home', '--mixed-sources'].every((part) =>
        error.message.includes(part),
      ),
  );
  assert.equal(listRuns(db, 'e1').length, 2);
  registerExperiment(db, { ...more, sources: then });
  registerExperiment(db, more);
  assert.equal(listRuns(db, 'e1').length, 3);
});

test('a matrix that is complete, or whose other runs are of unknown sources, is not refused', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  startRun(db, 'r1', { provenance: '{}', sources: null });
  endRun(db, 'r1', { status: 'completed', failure: null });
  registerExperiment(db, { ...exampleRegistration, sources: now });
  complete(db, 'r2', then);
  registerExperiment(db, { ...exampleRegistration, sources: now });
  assert.equal(findOtherSources(db, { experimentId: 'e1', sources: now }).length, 1);
});

test('a run that goes on under other sources keeps both, one that has no step yet only the newer', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  startRun(db, 'r1', { provenance: '{}', sources: then });
  startRun(db, 'r1', { provenance: '{}', sources: now });
  startRun(db, 'r1', { provenance: '{}', sources: now });
  assert.equal(findRun(db, 'r1').sources, now);
  recordExampleStep(db, 'r1');
  assert.deepEqual(findOtherSources(db, { experimentId: 'e1', sources: now }), []);
  startRun(db, 'r1', { provenance: '{}', sources: then });
  assert.equal(findRun(db, 'r1').sources, `${now} ${then}`);
  const mixed = [{ id: 'r1', sources: `${now} ${then}` }];
  assert.deepEqual(findOtherSources(db, { experimentId: 'e1', sources: then }), mixed);
});

test('a run of other sources is not reused unless the launch allows a mixture, one of the same or unknown sources is', (t) => {
  const reuse = (sources: string | undefined, launch: Pick<Registration, 'sources'>): (string | null)[] => {
    const db = openExampleStore(temporaryStorePath(t));
    startRun(db, 'r1', { provenance: '{}', sources: sources ?? null });
    endRun(db, 'r1', { status: 'completed', failure: null });
    registerExperiment(db, {
      ...exampleRegistration,
      ...launch,
      experiment: { ...exampleRegistration.experiment, id: 'e2', name: 'second' },
      runs: [{ ...exampleRegistration.runs[0]!, id: 'second' }],
    });
    const { reusedRunId, sources: taken } = findRun(db, 'second');
    return [reusedRunId, taken];
  };
  assert.deepEqual(reuse(then, { sources: now }), [null, null]);
  assert.deepEqual(reuse(then, {}), ['r1', then]);
  assert.deepEqual(reuse(now, { sources: now }), ['r1', now]);
  assert.deepEqual(reuse(undefined, { sources: now }), ['r1', null]);
});

test('a failed run that another experiment has completed meanwhile is reused when it is retried', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  endRun(db, 'r1', { status: 'failed', failure: { type: 'E', message: 'm' } });
  registerExperiment(db, {
    ...exampleRegistration,
    experiment: { ...exampleRegistration.experiment, id: 'e2', name: 'second' },
    runs: [{ ...exampleRegistration.runs[0]!, id: 'second' }],
  });
  endRun(db, 'second', { status: 'completed', failure: null });
  registerExperiment(db, exampleRegistration);
  assert.equal(findRun(db, 'r1').status, 'failed');
  retryEndedRuns(db, exampleRegistration);
  const { status, reusedRunId, failureType } = findRun(db, 'r1');
  assert.deepEqual([status, reusedRunId, failureType], ['completed', 'second', null]);
});
