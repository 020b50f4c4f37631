import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { recordArtifact, recordCheckpoint } from './artifacts.ts';
import { findBaseModel, recordBaseModel } from './base-models.ts';
import { ConflictingRecordError } from './conflicting-record-error.ts';
import { writeTransaction, type Database } from '../store/connection.ts';
import { dumpRows } from '../store/dump.ts';
import { recordEvaluations } from './evaluations.ts';
import {
  exampleEvaluation,
  exampleRegistration,
  exampleRollout,
  openExampleStore,
  recordExampleRollouts,
  temporaryStorePath,
} from '../example-store.fixture.ts';
import { registerExperiment, retryEndedRuns } from './experiments.ts';
import { NonFiniteValueError } from './finite-value.ts';
import { recordProbeScores } from './probe-scores.ts';
import { recordJudgements, type JudgementRow } from './judgements.ts';
import { listRollouts, recordShaping, type ShapedRollout } from './rollouts.ts';
import { endRun, listRuns, startRun } from './runs.ts';
import { nextStepOf, recordStep } from './steps.ts';

const weights = { path: 'b/weights', sha256: 'a'.repeat(64), bytes: 10 };
const baseModel = {
  id: 'b',
  name: 'a',
  plan: '{}',
  leak: '{}',
  tokens: 5,
  losses: '[1.5]',
  corpusSha256: 'c',
  weights,
};
const step = { runId: 'r1', step: 0, rollouts: 8, tokens: 80 };
const score = {
  runId: 'r1',
  step: 1,
  probe: 'layer-change',
  metric: 'change_layer_0',
  split: '',
  problemIndex: -1,
  value: 0.25,
};
const judgement: Omit<JudgementRow, 'rolloutId'> = {
  judge: 'checks',
  item: 'shows steps',
  unit: -1,
  vote: 0,
  outcome: 'judged',
  score: 1,
  weight: 1,
  label: null,
  text: null,
  tokens: 0,
};
const shaped: Omit<ShapedRollout, 'rolloutId'> = {
  reward: 0.5,
  advantage: -0,
  isKept: true,
  credit: null,
  tokenWeights: null,
  components: [
    { name: 'verifier', weight: 1, value: 0.5 },
    { name: 'judge', weight: 1, value: null },
  ],
};

function storeWithRollout(t: TestContext): { db: Database; rolloutId: number } {
  const db = openExampleStore(temporaryStorePath(t));
  recordExampleRollouts(db, [exampleRollout('r1', 0)]);
  const [row] = listRollouts(db, { runId: 'r1', phase: 'train', step: 0 });
  return { db, rolloutId: row!.id };
}

/** Each way to write, with the same key and another value as `changed`. */
const writes: readonly {
  readonly what: string;
  readonly write: (db: Database, rolloutId: number) => void;
  readonly changed: (db: Database, rolloutId: number) => void;
}[] = [
  {
    what: 'an experiment with its conditions and runs',
    write: (db) => registerExperiment(db, exampleRegistration),
    changed: (db) =>
      registerExperiment(db, {
        ...exampleRegistration,
        conditions: [{ ...exampleRegistration.conditions[0]!, settings: '{"lr":1}' }],
      }),
  },
  {
    what: 'a run',
    write: (db) => registerExperiment(db, exampleRegistration),
    changed: (db) =>
      registerExperiment(db, {
        ...exampleRegistration,
        runs: [{ ...exampleRegistration.runs[0]!, totalSteps: 3 }],
      }),
  },
  {
    what: 'a rollout',
    write: (db) => recordExampleRollouts(db, [exampleRollout('r1', 0)]),
    changed: (db) => {
      const record = exampleRollout('r1', 0);
      const logprobs = Buffer.from(new Float32Array([-0.5, -0.25, -0.5]).buffer);
      recordExampleRollouts(db, [{ ...record, rollout: { ...record.rollout, logprobs } }]);
    },
  },
  {
    what: 'a verdict',
    write: (db) => recordExampleRollouts(db, [exampleRollout('r1', 0)]),
    changed: (db) => {
      const record = exampleRollout('r1', 0);
      recordExampleRollouts(db, [{ ...record, verdict: { ...record.verdict, outcome: 'malformed' } }]);
    },
  },
  {
    what: 'a judgement',
    write: (db, rolloutId) =>
      recordJudgements(db, [
        { ...judgement, rolloutId },
        { ...judgement, rolloutId, unit: 0, outcome: 'failed', score: null },
        { ...judgement, rolloutId, vote: 1, label: 'no', text: 'It does not.', tokens: 5 },
      ]),
    changed: (db, rolloutId) => recordJudgements(db, [{ ...judgement, rolloutId, score: 0 }]),
  },
  {
    what: 'a reward component',
    write: (db, rolloutId) => recordShaping(db, [{ ...shaped, rolloutId }]),
    changed: (db, rolloutId) => {
      const components = [{ name: 'judge', weight: 1, value: 0 }];
      recordShaping(db, [{ ...shaped, rolloutId, components }]);
    },
  },
  {
    what: 'a step',
    write: (db) => recordStep(db, step, { 'reward/mean': 0.5, 'loss/policy': -0 }),
    changed: (db) => recordStep(db, { ...step, tokens: 81 }, {}),
  },
  {
    what: 'a metric',
    write: (db) => recordStep(db, step, { 'reward/mean': 0.5 }),
    changed: (db) => recordStep(db, step, { 'reward/mean': 0.6 }),
  },
  {
    what: 'an evaluation',
    write: (db) => recordEvaluations(db, [exampleEvaluation('r1', 4)]),
    changed: (db) => recordEvaluations(db, [exampleEvaluation('r1', 5)]),
  },
  {
    what: "a probe's score",
    write: (db) => recordProbeScores(db, [score, { ...score, split: 'clean', problemIndex: 0, value: -0 }]),
    changed: (db) => recordProbeScores(db, [{ ...score, value: 0.5 }]),
  },
  {
    what: 'an artifact',
    write: (db) => recordArtifact(db, 'plan', weights),
    changed: (db) => recordArtifact(db, 'plan', { ...weights, sha256: 'b'.repeat(64) }),
  },
  {
    what: 'a checkpoint',
    write: (db) => recordCheckpoint(db, { runId: 'r1', step: 1 }, { weights, trainingState: null }),
    changed: (db) =>
      recordCheckpoint(
        db,
        { runId: 'r1', step: 1 },
        { weights: { ...weights, path: 'other' }, trainingState: null },
      ),
  },
];

for (const { what, write, changed } of writes) {
  test(`writing ${what} twice is a no-op, writing another one under its key is refused whole`, (t) => {
    const { db, rolloutId } = storeWithRollout(t);
    writeTransaction(db, () => write(db, rolloutId));
    const once = dumpRows(db);
    writeTransaction(db, () => write(db, rolloutId));
    assert.deepEqual(dumpRows(db), once);
    assert.throws(() => writeTransaction(db, () => changed(db, rolloutId)), ConflictingRecordError);
    assert.deepEqual(dumpRows(db), once);
  });
}

test('a base model repeats without a trace; other weights for its recipe are refused', (t) => {
  const { db } = storeWithRollout(t);
  recordBaseModel(db, baseModel);
  recordBaseModel(db, baseModel);
  assert.deepEqual(findBaseModel(db, 'b')?.weights, weights);
  assert.throws(
    () => recordBaseModel(db, { ...baseModel, weights: { ...weights, path: 'b/other' } }),
    ConflictingRecordError,
  );
});

test('a reworded question is taken over, and a failed run keeps its failure until it starts again', (t) => {
  const { db } = storeWithRollout(t);
  endRun(db, 'r1', { status: 'failed', failure: { type: 'E', message: 'm' } });
  endRun(db, 'r2', { status: 'completed', failure: null });
  const experiment = { ...exampleRegistration.experiment, question: 'Does it really work?' };
  registerExperiment(db, { ...exampleRegistration, experiment });
  assert.ok(dumpRows(db).some((line) => line.includes('Does it really work?')));
  const readStates = (): unknown[] =>
    listRuns(db, 'e1').map(({ status, failureType, finishedAt }) => [
      status,
      failureType,
      finishedAt !== null,
    ]);
  const completed = ['completed', null, true];
  assert.deepEqual(readStates(), [['failed', 'E', true], completed]);
  retryEndedRuns(db, exampleRegistration);
  assert.deepEqual(readStates(), [['pending', 'E', true], completed]);
  startRun(db, 'r1', { provenance: '{}', sources: null });
  assert.deepEqual(readStates(), [['running', null, false], completed]);
});

test('two names for one condition are refused instead of dropped', (t) => {
  const { db } = storeWithRollout(t);
  const twin = { ...exampleRegistration.conditions[0]!, name: 'twin', position: 1 };
  assert.throws(
    () => registerExperiment(db, { ...exampleRegistration, conditions: [twin] }),
    ConflictingRecordError,
  );
});

test('a later sampling round replaces an advantage but never a reward component', (t) => {
  const { db, rolloutId } = storeWithRollout(t);
  recordShaping(db, [{ ...shaped, rolloutId }]);
  recordShaping(db, [{ ...shaped, rolloutId, advantage: 0.25, isKept: false }]);
  const [row] = listRollouts(db, { runId: 'r1', phase: 'train', step: 0 });
  assert.deepEqual([row!.reward, row!.advantage, row!.isKept, row!.credit], [0.5, 0.25, false, null]);
});

test('a number that is not finite is refused, since SQLite would store NaN as "undetermined"', (t) => {
  const { db, rolloutId } = storeWithRollout(t);
  for (const advantage of [NaN, Infinity]) {
    assert.throws(() => recordShaping(db, [{ ...shaped, rolloutId, advantage }]), NonFiniteValueError);
  }
  assert.throws(
    () => writeTransaction(db, (tx) => recordStep(tx, step, { 'loss/policy': NaN })),
    NonFiniteValueError,
  );
  assert.equal(nextStepOf(db, 'r1'), 0);
  assert.throws(() => recordProbeScores(db, [{ ...score, value: NaN }]), NonFiniteValueError);
});
