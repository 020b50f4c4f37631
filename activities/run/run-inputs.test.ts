import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { registerExperiment } from '../../db/queries/experiments.ts';
import { recordDataset } from '../../db/queries/datasets.ts';
import { endRun, findRun } from '../../db/queries/runs.ts';
import { openDatabase, writeTransaction, type Database } from '../../db/store/connection.ts';
import { exampleRegistration, temporaryStorePath } from '../../db/example-store.fixture.ts';
import type { DataSource } from '../../config/chain.ts';
import type { Condition } from '../../config/experiment.ts';
import type { DatasetInput } from '../../config/plan.ts';
import { runSeed } from '../../random/run-seed.ts';
import { findInputs } from './run-inputs.ts';

const ROWS = 64;
const BASE_SEEDS = [0, 1];

/** A run that ranked, and two arms that read its dataset, for each of two base seeds. Row r holds problem 100 + r. */
function openStore(t: TestContext): Database {
  const db = openDatabase(temporaryStorePath(t));
  const [condition] = exampleRegistration.conditions;
  const names = ['ranked', 'a', 'b'];
  registerExperiment(db, {
    ...exampleRegistration,
    conditions: names.map((name, position) => ({ ...condition!, id: name, name, position })),
    runs: names.flatMap((conditionId) =>
      BASE_SEEDS.map((baseSeed) => ({
        ...{ id: `${conditionId}${baseSeed}`, conditionId, baseSeed, baseModelId: 'b' },
        ...{ seed: 0, streamSeed: runSeed(baseSeed, 0), totalSteps: 2 },
      })),
    ),
  });
  const rows = Array.from({ length: ROWS }, (_, row) => JSON.stringify({ poolIndex: 100 + row }));
  for (const baseSeed of BASE_SEEDS) {
    const runId = `ranked${baseSeed}`;
    writeTransaction(db, (tx) => recordDataset(tx, { runId, kind: 'problems' }, rows));
    endRun(db, runId, { status: 'completed', failure: null });
  }
  return db;
}

function inputOf(db: Database, runId: string, data: Omit<DataSource, 'from' | 'run'>): DatasetInput {
  const condition = { data: { from: 'dataset', run: 'ranked', ...data } } as unknown as Condition;
  const readiness = findInputs(db, findRun(db, runId), condition);
  assert.equal(readiness.kind, 'ready');
  return (readiness as Extract<typeof readiness, { kind: 'ready' }>).inputs.data as DatasetInput;
}

test('a plan pins the problems that are picked, in their order', (t) => {
  const db = openStore(t);
  const pinned = (data: object) => inputOf(db, 'a0', data).problems;
  assert.deepEqual(pinned({ take: 2 }), [100, 101]);
  assert.deepEqual(pinned({ take: 2, pick: 'last' }), [163, 162]);
  assert.deepEqual(pinned({ take: 1, pick: 'median' }), [131]);
});

test('random problems are those of the other arm of the pair, and others on another base', (t) => {
  const db = openStore(t);
  const pinned = (runId: string) => inputOf(db, runId, { take: 3, pick: 'random' } as object).problems;
  assert.deepEqual(pinned('a0'), pinned('b0'));
  assert.notDeepEqual(pinned('a0'), pinned('a1'));
  assert.equal(inputOf(db, 'a0', { take: 3, pick: 'random' } as object).poolOf, runSeed(0, 0));
});
