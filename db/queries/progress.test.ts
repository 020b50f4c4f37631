import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordBaseModel } from './base-models.ts';
import { registerExperiment } from './experiments.ts';
import { exampleRegistration, openExampleStore, temporaryStorePath } from '../example-store.fixture.ts';
import { listAwaitedBaseModels, listPositions } from './progress.ts';
import { endRun, startRun } from './runs.ts';
import { recordStep } from './steps.ts';

function recordReward(db: ReturnType<typeof openExampleStore>, runId: string, step: number): void {
  recordStep(db, { runId, step, rollouts: 1, tokens: 3 }, { 'reward/mean': step / 4, 'loss/policy': 1 });
}

test('a position is the last recorded step with its metrics, and a pending run has none', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  startRun(db, 'r1', { provenance: '{}', sources: null });
  for (const step of [0, 1]) recordReward(db, 'r1', step);
  const [first, second] = listPositions(db, 'e1');
  assert.deepEqual(first, {
    runId: 'r1',
    conditionName: 'grpo',
    baseSeed: 0,
    baseModelId: 'b',
    seed: 0,
    status: 'running',
    totalSteps: 2,
    failureType: null,
    failureMessage: null,
    doneSteps: 2,
    reward: 0.25,
    correct: null,
    evaluated: 0,
  });
  assert.deepEqual([second!.doneSteps, second!.reward, second!.status], [0, null, 'pending']);
});

test('positions read no more of a store that holds more steps and other experiments', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const statements: string[] = [];
  const prepare = db.$client.prepare.bind(db.$client);
  t.mock.method(db.$client, 'prepare', (source: string) => {
    statements.push(source);
    return prepare(source);
  });
  listPositions(db, 'e1');
  listAwaitedBaseModels(db, { experimentId: 'e1', limit: 2 });
  t.mock.restoreAll();
  assert.equal(statements.length, 2);
  for (const source of statements) {
    const parameters = Array.from(source.matchAll(/\?/g), () => 1);
    const plan = db.$client.prepare(`explain query plan ${source}`).all(...parameters) as {
      detail: string;
    }[];
    const details = plan.map(({ detail }) => detail);
    assert.ok(
      details.some((detail) => detail.startsWith('SEARCH runs USING INDEX')),
      details.join('\n'),
    );
    // What is ordered or grouped is a handful of rows that were looked up.
    assert.deepEqual(
      details.filter((detail) => /^SCAN (?!first)/.test(detail)),
      [],
    );
  }
});

test('a base model is awaited until it is made, by the first unfinished runs alone', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  registerExperiment(db, {
    ...exampleRegistration,
    runs: ['b', 'b', 'made', 'last'].map((baseModelId, i) => ({
      ...exampleRegistration.runs[0]!,
      id: `r${i + 1}`,
      baseModelId,
      seed: i,
    })),
  });
  const weights = { path: 'bases/made/weights', sha256: '0'.repeat(64), bytes: 1 };
  const base = { id: 'made', name: 'n', plan: '{}', leak: '{}', corpusSha256: null, tokens: 1, losses: '[]' };
  recordBaseModel(db, { ...base, weights });
  const awaited = (limit: number): string[] =>
    listAwaitedBaseModels(db, { experimentId: 'e1', limit }).map(({ baseModelId }) => baseModelId);
  assert.deepEqual(awaited(3), ['b']);
  assert.deepEqual(awaited(4), ['b', 'last']);
  for (const id of ['r1', 'r2']) endRun(db, id, { status: 'completed', failure: null });
  assert.deepEqual(awaited(4), ['last']);
});
