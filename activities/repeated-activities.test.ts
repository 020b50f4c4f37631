import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/activity';
import { openDatabase, readStoreId, type Database } from '../db/store/connection.ts';
import { dumpRows } from '../db/store/dump.ts';
import { listLedger } from '../db/queries/ledger.ts';
import { listEvaluations } from '../db/queries/evaluations.ts';
import { listChosenTemperatures, listGridCounts } from '../db/queries/temperatures.ts';
import { listRollouts } from '../db/queries/rollouts.ts';
import { registerExperiment } from '../db/queries/experiments.ts';
import { findScheme } from '../schemes/named/index.ts';
import { countForwardFlops } from '../model/flops.ts';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import {
  planEvaluationSlices,
  type ArtifactRef,
  type BaseModelInput,
  type RunInput,
  type SplitEvaluation,
} from '../config/plan.ts';
import { createArtifactStore } from '../artifacts/artifact-store.ts';
import { createProgramPool } from './asking/program-pool.ts';
import { corpusDocuments } from './base/corpus.ts';
import { createHeldRollouts } from './step/held-rollouts.ts';
import { createLivePolicies } from './step/live-policies.ts';
import type { OpenedRun } from './run/open-run.ts';
import { rescoreStep } from './step/rescore-step.ts';
import { createPlanReader, openRunContext, openSubstrate, type BaseModelPlan } from './run/run-context.ts';
import { createStoreActivities, type StoreActivities } from './store-activities.ts';
import { createTrainActivities, type TrainActivities } from './train-activities.ts';
import { condition, forking, registration, tempered } from './tiny-conditions.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-activities-'));
let db: Database;
let store: StoreActivities;
let train: TrainActivities;

before(async () => {
  await selectBackend({
    backend: (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice,
    cacheDirectory: defaultCacheDirectory(),
    threads: 1,
  });
  db = openDatabase(join(directory, 'assay.db'));
  const artifacts = createArtifactStore(join(directory, 'artifacts'), readStoreId(db));
  const plans = createPlanReader(artifacts);
  // Nothing is held from one activity to the next either.
  const held = { ...createHeldRollouts(), find: () => null, rounds: () => [] };
  const policiesDirectory = join(directory, 'policies');
  const programs = createProgramPool();
  store = createStoreActivities({ db, artifacts, plans, held, programs, sources: null, policiesDirectory });
  // No live policies: every activity starts from its checkpoint, as after a crash.
  train = createTrainActivities({
    artifacts,
    plans,
    policies: createLivePolicies(artifacts, 1),
    provenance: '{}',
    computedBy: { machine: '{}', revision: null },
    workerQueue: 'here',
  });
  registerExperiment(db, registration);
});

after(() => rmSync(directory, { recursive: true }));

/** Runs an activity in a mock environment twice, as a worker that died before reporting would; both must agree. */
async function twice<Input, Output>(
  activity: (input: Input) => Promise<Output>,
  input: Input,
): Promise<Output> {
  const first = await new MockActivityEnvironment({ attempt: 1 }).run(activity, input);
  const rows = dumpRows(db);
  const second = await new MockActivityEnvironment({ attempt: 2 }).run(activity, input);
  assert.deepEqual(second, first);
  assert.deepEqual(dumpRows(db), rows);
  return first as Output;
}

async function makeBaseModel(base: BaseModelInput): Promise<void> {
  const { baseModelId, plan, totalSteps } = base;
  const half = await twice(train.pretrain, { baseModelId, plan, fromStep: 0, toStep: 3, checkpoint: null });
  const whole = await twice(train.pretrain, {
    baseModelId,
    plan,
    fromStep: 3,
    toStep: totalSteps,
    checkpoint: half.checkpoint,
  });
  await twice(store.recordBaseModel, {
    baseModelId,
    plan,
    checkpoint: whole.checkpoint,
    chunks: [half, whole],
  });
  assert.equal(await twice(store.findBaseModel, { baseModelId }), true);
}

/** A second opening is another one, at the same place. */
async function openTwice(plan: ArtifactRef): Promise<OpenedRun> {
  const open = (): Promise<OpenedRun> =>
    new MockActivityEnvironment().run(store.openRun, {
      plan,
      provenance: '{}',
    }) as Promise<OpenedRun>;
  const first = await open();
  const second = await open();
  assert.deepEqual(second, { ...first, epoch: first.epoch + 1 });
  return second;
}

/** Every activity of a run of one step. */
async function passRun({ runId, plan, finalEvaluations, probes }: RunInput): Promise<void> {
  const { epoch, checkpoint, base, reference, nextStep } = await openTwice(plan);
  assert.equal(nextStep, 0);
  const models = { policy: checkpoint, reference };
  const { rollouts } = await twice(train.sample, { plan, step: 0, round: 0, models });
  await twice(store.verify, { plan, epoch, step: 0, round: 0, rollouts });
  await twice(store.judge, { plan, epoch, step: 0, round: 0 });
  const shaped = await twice(store.shape, { plan, epoch, step: 0, rounds: [rollouts] });
  const updated = await twice(train.update, { plan, step: 0, checkpoint, shaped: shaped.batch });
  await twice(store.record, { plan, epoch, step: 0, updated, obsolete: [rollouts, shaped.batch] });
  const [slice] = finalEvaluations.flatMap(planEvaluationSlices);
  const sampled = await twice(train.sampleEvaluation, {
    plan,
    step: 1,
    checkpoint: updated.checkpoint,
    slice: slice!,
  });
  await twice(store.recordEvaluation, { plan, epoch, step: 1, slice: slice!, rollouts: sampled.rollouts });
  const [probe] = probes;
  const probed = await twice(train.probe, {
    plan,
    step: 1,
    probe: probe!,
    checkpoint: updated.checkpoint,
    base,
  });
  await twice(store.recordProbe, { plan, epoch, step: 1, probe: probe!, scores: probed.scores });
  await twice(store.closeRun, {
    runId,
    plan,
    epoch,
    status: 'completed',
    checkpoint: updated.checkpoint,
  });
}

/** Samples and records what a run evaluates of its base. */
async function evaluateBase(
  { plan }: RunInput,
  { epoch, checkpoint }: OpenedRun,
  evaluations: readonly SplitEvaluation[],
): Promise<void> {
  for (const slice of evaluations.flatMap(planEvaluationSlices)) {
    const { rollouts } = await twice(train.sampleEvaluation, { plan, step: 0, checkpoint, slice });
    await twice(store.recordEvaluation, { plan, epoch, step: 0, slice, rollouts });
  }
}

/** Every activity of an untrained run; returns the temperature that was chosen, if one was. */
async function passUntrained(run: RunInput): Promise<number | null> {
  const { runId, plan, finalEvaluations, temperatureGrid } = run;
  const opened = await openTwice(plan);
  const { epoch, checkpoint } = opened;
  let chosen: { temperature: number } | null = null;
  if (temperatureGrid !== undefined) {
    await evaluateBase(run, opened, temperatureGrid);
    chosen = await twice(store.chooseTemperature, { plan, epoch, step: 0 });
  }
  await evaluateBase(
    run,
    opened,
    finalEvaluations.map((evaluation) => ({ ...evaluation, ...chosen })),
  );
  await twice(store.closeRun, { runId, plan, epoch, status: 'completed', checkpoint });
  return chosen?.temperature ?? null;
}

test('every activity may run twice: the second run returns the same and changes no row', async () => {
  const page = await twice(store.planMatrix, { experimentId: 'e1', after: null, limit: 10 });
  const runs = page.runs as RunInput[];
  await makeBaseModel(runs[0]!.base);
  for (const run of runs) await (run.steps === 0 ? passUntrained(run) : passRun(run));
  for (const table of ['evaluations', 'ledger', 'probe_scores', 'temperature_grid', 'chosen_temperatures']) {
    assert.ok(
      dumpRows(db).some((row) => row.startsWith(`${table} `)),
      table,
    );
  }
});

test('a temperature is chosen from counts of dev at each, which are no evaluation of dev', () => {
  const grid = listGridCounts(db, { runId: 'r3', step: 0 });
  assert.deepEqual([...grid.keys()], [0.5, 1]);
  const { devProblems } = tempered.evaluation;
  for (const counts of grid.values())
    assert.deepEqual(
      counts.map(({ n }) => n),
      Array(devProblems).fill(3),
    );
  const [cold, warm] = [...grid.values()].map((counts) => counts.reduce((sum, { c }) => sum + c, 0));
  const { step, temperature } = listChosenTemperatures(db, 'r3')[0]!;
  assert.deepEqual([step, temperature], [0, cold! > warm! ? 0.5 : 1]);
  const splits = new Set(listEvaluations(db, ['r3']).map(({ split }) => split));
  assert.deepEqual(splits, new Set(['clean']));
  const spent = listLedger(db, 'r3').map(({ kind, calls }) => [kind, calls]);
  assert.deepEqual(spent, [
    ['clean/0', 16],
    ['temperature-0.5/0', 3 * devProblems],
    ['temperature-1/0', 3 * devProblems],
  ]);
});

test('a greedy sample is drawn once and counts as n equal ones, so that pass@k is pass@1', () => {
  const rows = listEvaluations(db, ['r4']);
  assert.equal(rows.length, 4);
  for (const { n, c, answers } of rows) {
    assert.equal(n, 4);
    assert.ok(c === 0 || c === 4);
    assert.equal(Object.keys(JSON.parse(answers) as object).length, 1);
  }
  assert.deepEqual(
    listLedger(db, 'r4').map(({ kind, calls }) => [kind, calls]),
    [['clean/0', 4]],
  );
});

test('the ledger counts a step and its evaluation as by hand', () => {
  const { policyConfig, tokenizer } = openRunContext({
    ...{ runId: 'r1', experimentId: 'e1', conditionName: 'grpo', seed: 0, baseModelId: 'b1' },
    ...{ condition, inputs: {} },
  });
  // Width 16, 2 heads of 8, 1 key/value head of 8, feed-forward 32, one layer.
  const parameters = 16 * (16 + 16) + 16 * 16 + 3 * 16 * 32 + 16 * policyConfig.vocabularySize;
  const flopsOf = (texts: readonly { prompt: string; tokens: number }[]): number =>
    texts
      .map(({ prompt, tokens }) => tokenizer.encode(prompt).length + tokens - 1)
      .reduce((sum, n) => sum + 2 * parameters * n + 4 * 16 * ((n * (n + 1)) / 2), 0);
  const sampled = listRollouts(db, { runId: 'r1', phase: 'train', step: 0 }).map((row) => ({
    ...{ prompt: row.prompt, tokens: row.tokenCount, key: row.problemKey, advantage: row.advantage },
  }));
  const taught = sampled.filter(({ advantage }) => advantage !== 0);
  const tokensOf = (texts: readonly { tokens: number }[]): number =>
    texts.reduce((sum, { tokens }) => sum + tokens, 0);
  assert.equal(sampled.length, 16);
  const at = { runId: 'r1', step: 0 };
  const [judged, sampling, updating] = listLedger(db, 'r1').filter(({ step }) => step === 0);
  assert.deepEqual(sampling, {
    ...{ ...at, stage: 'sample', role: 'policy', kind: 'text', labels: 0, calls: 16 },
    ...{ tokens: tokensOf(sampled), flops: flopsOf(sampled) },
  });
  assert.deepEqual(judged, {
    ...{ ...at, stage: 'judge', role: 'judge', kind: 'labels', tokens: 0, flops: 0, calls: 16 },
    labels: new Set(sampled.map(({ key }) => key)).size,
  });
  assert.deepEqual(
    updating,
    taught.length === 0
      ? undefined
      : {
          ...{ ...at, stage: 'update', role: 'policy', kind: 'gradients', labels: 0, calls: taught.length },
          ...{ tokens: tokensOf(taught), flops: 3 * flopsOf(taught) },
        },
  );
  const [evaluated, ...others] = listLedger(db, 'r1').filter(({ stage }) => stage === 'evaluation');
  const { tokens } = db.$client
    .prepare("select sum(tokens) as tokens from evaluations where run_id = 'r1'")
    .get() as {
    tokens: number;
  };
  assert.deepEqual(others, []);
  assert.equal(evaluated!.kind, 'clean/0');
  assert.deepEqual([evaluated!.step, evaluated!.calls, evaluated!.tokens], [1, 16, tokens]);
});

test('what a base model took is three forward passes over every document but its last token', () => {
  const stored = db.$client.prepare('select plan from base_models').pluck().get() as string;
  const plan = JSON.parse(stored) as BaseModelPlan;
  const substrate = openSubstrate(plan);
  const documents = Array.from({ length: 6 }, (_, step) => corpusDocuments(substrate, step)).flat();
  const passes = documents.map(({ length: n }) => ({ inputs: n - 1, positions: (n * (n - 1)) / 2 }));
  const flops = passes.reduce((sum, pass) => sum + 3 * countForwardFlops(substrate.policyConfig, pass), 0);
  assert.deepEqual(db.$client.prepare('select flops from base_models').pluck().all(), [flops]);
});

test('a completed run is not planned again', async () => {
  const planned = await new MockActivityEnvironment().run(store.planMatrix, {
    experimentId: 'e1',
    after: null,
    limit: 1,
  });
  assert.deepEqual(planned, { runs: [], orphaned: [], waiting: 0, after: null });
});

test('an error that a retry cannot mend is non-retryable and keeps its type', async () => {
  const missing = { path: 'runs/none.json', sha256: '0'.repeat(64), bytes: 1 };
  const call = new MockActivityEnvironment().run(store.judge, { plan: missing, epoch: 1, step: 0, round: 0 });
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof ApplicationFailure);
    assert.equal(error.type, 'ArtifactMissingError');
    assert.equal(error.nonRetryable, true);
    return true;
  });
});

test('a base model whose corpus the program would now write differently is refused', async () => {
  db.$client.prepare("update base_models set corpus_sha256 = 'other'").run();
  await assert.rejects(
    new MockActivityEnvironment().run(store.findBaseModel, { baseModelId: 'b1' }) as Promise<unknown>,
    (error) => error instanceof ApplicationFailure && error.type === 'CorpusMismatchError',
  );
});

test('the stored rollouts give the recorded rewards and advantages again, and those of another scheme', () => {
  const context = openRunContext({
    ...{ runId: 'r1', experimentId: 'e1', conditionName: 'grpo', seed: 0, baseModelId: 'b1' },
    ...{ condition, inputs: {} },
  });
  const own = rescoreStep(db, context, { scheme: condition.scheme, step: 0 });
  assert.equal(own.length, 16);
  for (const { own: recorded, other } of own) assert.deepEqual(other, recorded);
  const negative = rescoreStep(db, context, { scheme: findScheme('negative-reinforcement'), step: 0 });
  for (const { rollout, other } of negative)
    assert.equal(other.advantage! + 0, rollout.verdict.outcome === 'correct' ? 0 : -1);
  const rubric = { ...findScheme('grpo'), rewards: [{ name: 'rubric', weight: 1, options: {} }] };
  assert.throws(() => rescoreStep(db, context, { scheme: rubric, step: 0 }), {
    name: 'MissingSignalError',
    message: /what judge checks finds under these options/,
  });
  assert.throws(() => rescoreStep(db, context, { scheme: findScheme('ppo'), step: 0 }), {
    name: 'MissingColumnError',
    message: /hold no values .*credit rule gae needs/,
  });
});

test('rollouts that share tokens keep parent and fork, count once as sampled, and are rescored by tree', () => {
  const rows = listRollouts(db, { runId: 'r2', phase: 'train', step: 0 });
  // Two trees of two: samples 2 and 3 go on from 0 and 1.
  assert.deepEqual(
    rows.map(({ parentSample }) => parentSample),
    Array.from({ length: 4 }, () => [null, null, 0, 1]).flat(),
  );
  for (const [at, row] of rows.entries()) {
    const parent = rows[at - 2]!;
    const shared = 4 * row.forkAt;
    if (row.parentSample === null) continue;
    for (const column of ['tokens', 'logprobs', 'entropies'] as const)
      assert.deepEqual(row[column].subarray(0, shared), parent[column].subarray(0, shared));
  }
  const own = rows.reduce((sum, { tokenCount, forkAt }) => sum + tokenCount - forkAt, 0);
  const [sampling] = listLedger(db, 'r2').filter(({ stage }) => stage === 'sample');
  assert.equal(sampling!.tokens, own);
  assert.equal(db.$client.prepare("select tokens from steps where run_id = 'r2'").pluck().get(), own);
  const context = openRunContext({
    ...{ runId: 'r2', experimentId: 'e1', conditionName: 'tree', seed: 0, baseModelId: 'b1' },
    ...{ condition: forking, inputs: {} },
  });
  for (const { own: recorded, other } of rescoreStep(db, context, { scheme: forking.scheme, step: 0 }))
    assert.deepEqual(other, recorded);
});
