import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openReadonlyDatabase } from '../../db/store/connection.ts';
import { runAssay } from '../support/assay-process.ts';
import { createTemporaryDirectory, readRows, smallMatrixCommand } from '../support/small-matrix.ts';

/** Three of the small matrix's five steps: the reference that PPO's KL is measured from has moved once by then. */
const shorter = ['--set', 'training.steps=3'];

const extended = createTemporaryDirectory({ after }, 'assay-extended-');
const straight = createTemporaryDirectory({ after }, 'assay-straight-');

interface CountedRows {
  readonly computedSteps: number;
  readonly rows: readonly string[];
}

/** Rows of the runs of that many steps, and how many training steps they computed themselves. */
function readExperiment(home: string, steps: number): CountedRows {
  const db = openReadonlyDatabase(join(home, 'assay.db'));
  try {
    const runs = db.$client
      .prepare('select id from runs where total_steps = ?')
      .pluck()
      .all(steps) as string[];
    const count = db.$client
      .prepare("select count(*) from attempts where run_id = ? and stage = 'record'")
      .pluck();
    const computedSteps = runs.reduce((sum, id) => sum + (count.get(id) as number), 0);
    const rows = readRows(home).filter((row) => runs.some((id) => row.includes(id)));
    return { computedSteps, rows };
  } finally {
    db.$client.close();
  }
}

before(async () => {
  const first = await runAssay([...smallMatrixCommand(extended), ...shorter]);
  assert.equal(first.code, 0, first.stderr);
});

test('more seeds compute only their own runs', async () => {
  const before = readRows(extended);
  const { code, stderr } = await runAssay(['extend', '--seeds', '2', '--home', extended]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /4 of 8 runs are to be computed/);
  const rows = new Set(readRows(extended));
  assert.deepEqual(
    before.filter((row) => !rows.has(row)),
    [],
    'what was there is unchanged',
  );
  const again = await runAssay(['extend', '--seeds', '2', '--home', extended]);
  assert.match(again.stderr, /0 of 8 runs are to be computed/);
});

test('more steps go on after the recorded ones and end with the rows of a matrix that had them from the start', async () => {
  const more = await runAssay(['extend', '--steps', '5', '--home', extended]);
  assert.equal(more.code, 0, more.stderr);
  assert.match(more.stderr, /6 runs continue after the steps that are recorded/);
  const whole = await runAssay([...smallMatrixCommand(straight), '--seeds', '2']);
  assert.equal(whole.code, 0, whole.stderr);
  const got = readExperiment(extended, 5);
  const expected = readExperiment(straight, 5);
  assert.ok(expected.rows.length > 500, `${expected.rows.length} rows`);
  assert.deepEqual(got.rows, expected.rows);
  assert.equal(expected.computedSteps, 6 * 5);
  assert.equal(got.computedSteps, 6 * 2, 'only the steps beyond the third were computed');
});
