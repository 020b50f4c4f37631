import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openReadonlyDatabase, type Database } from '../db/store/connection.ts';
import { findExperiment } from '../db/queries/experiments.ts';
import { listLedger, toSpending } from '../db/queries/ledger.ts';
import { listPositions } from '../db/queries/progress.ts';
import { listRuns, type RunWithCondition } from '../db/queries/runs.ts';
import { nextStepOf } from '../db/queries/steps.ts';
import { experiment } from './matrices/budgets.ts';
import { findProcesses, runAssay, startAssay } from './support/assay-process.ts';
import {
  countFinished,
  createTemporaryDirectory,
  readReport,
  readRows,
  waitFor,
} from './support/small-matrix.ts';

const matrix = fileURLToPath(new URL('./matrices/budgets.ts', import.meta.url));
const command = (home: string): string[] => ['run', matrix, '--home', home];

interface DeclaredBudget {
  readonly unit: 'sampled-tokens' | 'flops' | 'labels';
  readonly at: number;
}

function assertEndedAtBudget(db: Database, run: RunWithCondition): void {
  const { budget } = experiment.conditions![run.conditionName]!.training as { budget: DeclaredBudget };
  const steps = nextStepOf(db, run.id);
  const spentAfter = (count: number): number =>
    toSpending(listLedger(db, run.id).filter(({ step }) => step < count))[budget.unit];
  assert.equal(run.status, 'completed');
  assert.ok(steps > 1 && steps < 9, `${run.id} took ${steps} steps`);
  assert.ok(spentAfter(steps) >= budget.at, 'the budget is spent');
  assert.ok(spentAfter(steps - 1) < budget.at, 'and was not a step before');
  assert.equal(run.totalSteps, steps);
  const stepsOf = (table: string, column: string): unknown[] =>
    db.$client
      .prepare(`select distinct step from ${table} where run_id = ? and ${column} order by step`)
      .pluck()
      .all(run.id);
  assert.deepEqual(stepsOf('evaluations', "split = 'clean'"), [steps]);
  assert.deepEqual(stepsOf('probe_scores', '1'), [steps]);
  assert.equal(stepsOf('checkpoints', '1').at(-1), steps);
  const onTheWay = Array.from({ length: steps - 1 }, (_, step) => step + 1);
  assert.deepEqual(
    stepsOf('evaluations', "split = 'dev'"),
    onTheWay,
    'no dev evaluation beside the final one',
  );
}

test('a run ends at the first step at or beyond its budget, evaluated there; killed and resumed, it has the same rows', async (t) => {
  const calm = createTemporaryDirectory(t, 'assay-budget-');
  const undisturbed = await runAssay(command(calm));
  assert.equal(undisturbed.code, 0, undisturbed.stderr);
  const db = openReadonlyDatabase(join(calm, 'assay.db'));
  const { id } = findExperiment(db, 'budgets');
  const runs = listRuns(db, id);
  assert.equal(runs.length, 3);
  for (const run of runs) assertEndedAtBudget(db, run);
  for (const { doneSteps, totalSteps } of listPositions(db, id)) assert.equal(doneSteps, totalSteps);
  db.$client.close();

  const home = createTemporaryDirectory(t, 'assay-budget-killed-');
  const assay = startAssay(command(home));
  await waitFor(assay, 'a few steps', () => countFinished(home, 'record') >= 3);
  for (const pid of [assay.child.pid!, ...findProcesses('--role', home), ...findProcesses('start-dev', home)])
    process.kill(pid, 'SIGKILL');
  await assay.exit;
  const resumed = await runAssay(command(home));
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(readRows(home), readRows(calm));
  assert.deepEqual(readReport(home), readReport(calm));

  const again = await runAssay(command(calm));
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /completed already/);
});
