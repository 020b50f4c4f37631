import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCurveReader } from './curve-points.ts';
import {
  completeRun,
  EXPERIMENT,
  openExportedStore,
  recordCounts,
  recordCurveStep,
  RUN,
  registerReusing,
} from './exported-experiment.fixture.ts';

test('each record is read once, when it is whole, under a key of its own', (t) => {
  const db = openExportedStore(t);
  const read = createCurveReader(db, EXPERIMENT.id);
  const readBriefly = (): unknown[] =>
    [...read()].map(({ key, step, at, values }) => [key, step, at, values]);
  assert.deepEqual(readBriefly(), []);

  recordCurveStep(db, 0);
  const first = { 'loss/policy': 0.5, 'reward/mean': 0.25 };
  assert.deepEqual(readBriefly(), [[`${RUN}/step-0`, 0, '2026-01-02T03:00:00.000Z', first]]);
  assert.deepEqual(readBriefly(), []);

  // Half of the dev evaluation is recorded: nothing is told of it yet.
  recordCounts(db, { step: 1, split: 'dev', problemIndex: 0 }, { n: 4, c: 1 });
  assert.deepEqual(readBriefly(), []);
  recordCounts(db, { step: 1, split: 'dev', problemIndex: 1 }, { n: 4, c: 2 });
  const dev = [`${RUN}/dev-1`, 1, '2026-01-02T03:00:00.000Z', { 'eval/dev/pass_at_1': 0.375 }];
  assert.deepEqual(readBriefly(), [dev]);

  recordCurveStep(db, 1);
  assert.deepEqual(
    readBriefly().map((point) => (point as unknown[])[0]),
    [`${RUN}/step-1`],
  );

  completeRun(db);
  const end = '2026-01-02T03:04:05.678Z';
  assert.deepEqual(readBriefly(), [
    [`${RUN}/clean-2`, 2, end, { 'eval/clean/pass_at_1': 0.625 }],
    [`${RUN}/contaminated-2`, 2, end, { 'eval/contaminated/pass_at_1': 0 }],
  ]);
  assert.deepEqual(readBriefly(), []);
});

test('another reader, as after a crash, gives the same points under the same keys; a run says once what it is', (t) => {
  const db = openExportedStore(t);
  const early = createCurveReader(db, EXPERIMENT.id);
  recordCurveStep(db, 0);
  const before = [...early()];
  recordCurveStep(db, 1);
  completeRun(db);
  const piecewise = [...before, ...early()];
  const atOnce = [...createCurveReader(db, EXPERIMENT.id)()];
  assert.deepEqual(piecewise, atOnce);
  assert.equal(new Set(atOnce.map(({ key }) => key)).size, 4);
  assert.deepEqual(
    atOnce.map(({ config }) => config?.['condition']),
    ['grpo/short', undefined, undefined, undefined],
  );
  assert.deepEqual(atOnce[0]!.config?.['task'], { family: 'arithmetic', operations: 2 });
});

test('a run that stands for one of another experiment has its curve, under keys of its own', (t) => {
  const db = openExportedStore(t);
  for (const step of [0, 1]) recordCurveStep(db, step);
  completeRun(db);
  registerReusing(db, 'cafe');
  const found = [...createCurveReader(db, 'cafe')()];
  assert.deepEqual(
    found.map(({ key }) => key),
    ['step-0', 'step-1', 'clean-2', 'contaminated-2'].map(
      (record) => `cafe/grpo/short/base-0/seed-3/${record}`,
    ),
  );
  assert.equal(found[1]!.values['reward/mean'], 0.5);
});
