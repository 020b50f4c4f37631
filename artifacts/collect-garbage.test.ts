import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ArtifactOwnerError } from './artifact-errors.ts';
import { findOwner, OWNER_FILE } from './artifact-owner.ts';
import { createArtifactStore } from './artifact-store.ts';
import { recordArtifact, recordCheckpoint, releaseArtifacts } from '../db/queries/artifacts.ts';
import { recordBaseModel } from '../db/queries/base-models.ts';
import { openDatabase, readStoreId } from '../db/store/connection.ts';
import { DatabaseMissingError } from '../db/store/database-faults.ts';
import { openExampleStore } from '../db/example-store.fixture.ts';
import { endRun } from '../db/queries/runs.ts';
import { recordStep } from '../db/queries/steps.ts';
import { parseArtifactLocation } from './artifact-location.ts';
import { checkStore } from './check-store.ts';
import { collectGarbage, type Collection } from './collect-garbage.ts';
import { toHome, type Home } from './home.ts';

const HOUR_AGO_MS = Date.now() - 3_600_000;
const EIGHT_DAYS_MS = 8 * 24 * 3_600_000;
const BASE = 'b'.repeat(64);
const base = (path: string): string => `bases/${BASE.slice(0, 16)}/${path}`;

function collect(
  home: Home,
  options: { readonly isDryRun: boolean; readonly nowMs: number },
): Promise<Collection> {
  return collectGarbage(home, { artifacts: parseArtifactLocation(undefined, home), ...options });
}

function put(root: string, path: string, text = path): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  utimesSync(target, HOUR_AGO_MS / 1000, HOUR_AGO_MS / 1000);
}

/** Run r1 is completed and r2 goes on at its step 1; the base model is made. Files in `recorded` have rows. */
async function createHome(t: TestContext): Promise<{ home: Home; recorded: readonly string[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'assay-gc-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const home = toHome(directory);
  const db = openExampleStore(home.database);
  t.after(() => db.$client.close());
  const artifacts = createArtifactStore(home.artifacts, readStoreId(db));
  const write = (path: string) => artifacts.write(path, new TextEncoder().encode(path));
  const weights = await write(base('step-200/weights-01.safetensors'));
  const model = {
    id: BASE,
    name: 'base',
    plan: '{}',
    leak: '{}',
    corpusSha256: null,
    tokens: 1,
    losses: '[]',
  };
  recordBaseModel(db, { ...model, weights });
  const first = { weights: await write('runs/r1/checkpoint-1/weights-01.safetensors'), trainingState: null };
  const last = {
    weights: await write('runs/r1/checkpoint-2/weights-02.safetensors'),
    trainingState: await write('runs/r1/checkpoint-2/training-state-02.safetensors'),
  };
  recordCheckpoint(db, { runId: 'r1', step: 1 }, first);
  recordCheckpoint(db, { runId: 'r1', step: 2 }, last);
  releaseArtifacts(db, [first.weights]);
  const evaluation = await write('runs/r1/evaluation-2/clean-0-01.safetensors');
  recordArtifact(db, 'evaluation-rollouts', evaluation);
  for (const step of [0, 1]) recordStep(db, { runId: 'r1', step, rollouts: 1, tokens: 1 }, {});
  endRun(db, 'r1', { status: 'completed', failure: null });
  recordStep(db, { runId: 'r2', step: 0, rollouts: 1, tokens: 1 }, {});
  const current = {
    weights: await write('runs/r2/checkpoint-1/weights-05.safetensors'),
    trainingState: null,
  };
  recordCheckpoint(db, { runId: 'r2', step: 1 }, current);
  const refs = [weights, last.weights, last.trainingState, evaluation, current.weights];
  return { home, recorded: refs.map(({ path }) => `artifacts/${path}`) };
}

const NEEDED = [
  'artifacts/runs/r1/plan-01.json',
  'artifacts/runs/r2/plan-01.json',
  `artifacts/${base('plan-01.json')}`,
  // r2 is at step 1: what that step has made so far, and what comes after it, its workflow may know.
  'artifacts/runs/r2/step-1/rollouts-0-01.safetensors',
  'artifacts/runs/r2/step-1/shaped-0-01.safetensors',
  'artifacts/runs/r2/checkpoint-2/weights-01.safetensors',
  'artifacts/runs/r2/evaluation-1/dev-0-01.safetensors',
  'artifacts/runs/r2/probe-2/overlap-01.json',
  'artifacts/runs/r2/failures/step-1-01.safetensors',
  // A base model that is not made yet: its last chunk, and the one before.
  'artifacts/bases/cccccccccccccccc/step-300/weights-01.safetensors',
  'artifacts/bases/cccccccccccccccc/step-200/weights-01.safetensors',
  // Of a run and a base model that no row knows; younger than a week.
  'artifacts/runs/unknown/grpo/base-0/seed-0/plan-01.json',
  'artifacts/runs/unknown/grpo/base-0/seed-0/step-0/rollouts-0-01.safetensors',
  'artifacts/bases/cccccccccccccccc/step-100/weights-01.safetensors',
  'artifacts/notes/of-the-user.txt',
  'policies/r1/model.safetensors',
  'reports/demo/report.html',
  'logs/train-0.log',
];

const GARBAGE = [
  'artifacts/runs/r1/checkpoint-1/weights-01.safetensors',
  'artifacts/runs/r1/step-1/rollouts-0-01.safetensors',
  'artifacts/runs/r1/evaluation-2/clean-0-other.safetensors',
  'artifacts/runs/r1/failures/step-1-01.safetensors',
  'artifacts/runs/r2/step-0/rollouts-0-01.safetensors',
  'artifacts/runs/r2/checkpoint-1/weights-other.safetensors',
  'artifacts/runs/r2/step-1/rollouts-1-01.safetensors.4000000-1.partial',
  `artifacts/${base('step-200/training-state-01.safetensors')}`,
  `artifacts/${base('step-100/weights-01.safetensors')}`,
  'policies/r2.4000000.partial/config.json',
  'reports/demo/report.html.partial',
  'server/workflow-bundle-0123456789abcdef.js',
];

const exists = (home: Home, paths: readonly string[]): string[] =>
  paths.filter((path) => existsSync(join(home.directory, path)));

test('what a report, a resumed run or a base model needs stays, the rest goes, and its bytes are counted', async (t) => {
  const { home, recorded } = await createHome(t);
  const fresh = 'artifacts/runs/r2/step-1/shaped-1-01.safetensors.4000000-2.partial';
  for (const path of [...NEEDED, ...GARBAGE]) put(home.directory, path);
  mkdirSync(join(home.artifacts, 'runs/r2/step-0-empty'), { recursive: true });
  mkdirSync(join(home.artifacts, 'runs/r1/step-0'));
  put(home.directory, fresh);
  utimesSync(join(home.directory, fresh), Date.now() / 1000, Date.now() / 1000);
  const kept = [...recorded, ...NEEDED, fresh];
  const options = { isDryRun: true, nowMs: Date.now() };

  const planned = await collect(home, options);
  assert.deepEqual(planned.garbage.map(({ path }) => path).sort(), [...GARBAGE].sort());
  assert.equal(planned.bytes, GARBAGE.join('').length);
  assert.deepEqual(exists(home, GARBAGE), GARBAGE, 'a dry run removes nothing');

  assert.deepEqual(await collect(home, { ...options, isDryRun: false }), planned);
  assert.deepEqual(exists(home, GARBAGE), []);
  assert.deepEqual(exists(home, kept), kept);
  assert.deepEqual(exists(home, ['artifacts/runs/r2/step-0', 'artifacts/runs/r1/step-0']), []);
  assert.equal((await collect(home, options)).garbage.length, 0);
  assert.deepEqual((await checkStore(home, parseArtifactLocation(undefined, home))).faults, []);
});

test('a directory that hosts share is looked after where it lies', async (t) => {
  const { home } = await createHome(t);
  const shared = join(home.directory, 'mounted');
  renameSync(home.artifacts, shared);
  put(shared, 'runs/r2/step-0/rollouts-0-01.safetensors');
  put(home.artifacts, 'runs/r2/step-0/rollouts-0-01.safetensors');
  const artifacts = parseArtifactLocation(shared, home);
  const { garbage } = await collectGarbage(home, { artifacts, isDryRun: false, nowMs: Date.now() });
  assert.deepEqual(
    garbage.map(({ path }) => path),
    [
      `${shared}/runs/r1/checkpoint-1/weights-01.safetensors`,
      `${shared}/runs/r2/step-0/rollouts-0-01.safetensors`,
    ],
  );
  assert.deepEqual((await checkStore(home, parseArtifactLocation(shared, home))).faults, []);
});

test('a directory of another home is refused, by gc and by check, and nothing goes', async (t) => {
  const { home, recorded } = await createHome(t);
  const guest = toHome(join(home.directory, 'guest'));
  openDatabase(guest.database).$client.close();
  const artifacts = parseArtifactLocation(home.artifacts, guest);
  const nowMs = Date.now() + EIGHT_DAYS_MS;
  for (const isDryRun of [true, false])
    await assert.rejects(collectGarbage(guest, { artifacts, isDryRun, nowMs }), ArtifactOwnerError);
  await assert.rejects(checkStore(guest, artifacts), ArtifactOwnerError);
  assert.deepEqual(exists(home, recorded), recorded);
});

test('what no row knows goes when it is a week old, unless it was there before the directory was claimed', async (t) => {
  const { home } = await createHome(t);
  const unknown = 'runs/unknown/step-0/rollouts-0-01.safetensors';
  const options = { isDryRun: false, nowMs: Date.now() + EIGHT_DAYS_MS };
  const listUnknown = async () =>
    (await collect(home, options)).garbage.filter(({ why }) => why === 'unknown').map(({ path }) => path);
  // Written an hour before this store claimed the directory.
  put(home.artifacts, unknown);
  assert.deepEqual(await listUnknown(), []);
  const later = Date.now() / 1000 + 60;
  utimesSync(join(home.artifacts, unknown), later, later);
  assert.deepEqual((await collect(home, { ...options, nowMs: Date.now() })).garbage, []);
  assert.deepEqual(await listUnknown(), [`artifacts/${unknown}`]);
  assert.deepEqual(exists(home, ['artifacts/runs/unknown']), []);
});

test('an unmarked directory of an older version becomes this home’s, and what is unknown in it stays', async (t) => {
  const { home } = await createHome(t);
  rmSync(join(home.artifacts, OWNER_FILE));
  put(home.artifacts, 'runs/unknown/step-0/rollouts-0-01.safetensors');
  put(home.artifacts, 'runs/r2/step-0/rollouts-0-01.safetensors');
  const options = { isDryRun: true, nowMs: Date.now() + EIGHT_DAYS_MS };
  const planned = (await collect(home, options)).garbage;
  assert.equal(await findOwner(home.artifacts), null, 'a dry run claims nothing');
  assert.deepEqual((await collect(home, { ...options, isDryRun: false })).garbage, planned);
  assert.ok(planned.every(({ why }) => why !== 'unknown'));
  assert.equal(planned.length, 2);
  const db = openDatabase(home.database);
  t.after(() => db.$client.close());
  assert.equal((await findOwner(home.artifacts))?.store, readStoreId(db));
});

test('links are removed or left, never followed', async (t) => {
  const { home } = await createHome(t);
  const outside = mkdtempSync(join(tmpdir(), 'assay-outside-'));
  t.after(() => rmSync(outside, { recursive: true }));
  put(outside, 'step-0/rollouts-0-01.safetensors');
  symlinkSync(join(outside, 'step-0'), join(home.artifacts, 'runs/r1/step-0'));
  const { garbage } = await collect(home, { isDryRun: false, nowMs: Date.now() });
  assert.ok(garbage.some(({ path }) => path === 'artifacts/runs/r1/step-0'));
  assert.ok(!existsSync(join(home.artifacts, 'runs/r1/step-0')));
  assert.ok(existsSync(join(outside, 'step-0/rollouts-0-01.safetensors')));
});

test('without a database nothing is removed', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-gc-'));
  t.after(() => rmSync(directory, { recursive: true }));
  put(directory, GARBAGE[1]!);
  const options = { isDryRun: false, nowMs: Date.now() };
  await assert.rejects(collect(toHome(directory), options), DatabaseMissingError);
  assert.deepEqual(exists(toHome(directory), [GARBAGE[1]!]), [GARBAGE[1]]);
});
