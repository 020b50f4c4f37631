import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openReadonlyDatabase } from '../db/store/connection.ts';
import { findProcesses, runAssay, startAssay, type AssayProcess } from './support/assay-process.ts';
import { assertSameResults, createTemporaryDirectory, waitFor } from './support/small-matrix.ts';

const matrix = fileURLToPath(new URL('./matrices/chains.ts', import.meta.url));
const command = (home: string): string[] => ['run', matrix, '--home', home];

/** The home of a matrix of chains that ran undisturbed. */
const calm = createTemporaryDirectory({ after }, 'assay-chains-calm-');

before(async () => {
  const undisturbed = await runAssay(command(calm));
  assert.equal(undisturbed.code, 0, undisturbed.stderr);
});

function ask<Row>(home: string, query: string): Row[] {
  const { $client } = openReadonlyDatabase(join(home, 'assay.db'));
  try {
    return $client.prepare(query).all() as Row[];
  } finally {
    $client.close();
  }
}

function countSteps(home: string, condition: string): number {
  const query = `select step from steps where run_id like '%/${condition}/%'`;
  return ask(home, query).length;
}

function statusOf(home: string, condition: string): string {
  const query = `select status from runs where id like '%/${condition}/%'`;
  return ask<{ status: string }>(home, query)[0]!.status;
}

/** Kills the command with everything it started, and starts it again. */
async function killAndResume(home: string, assay: AssayProcess): Promise<AssayProcess> {
  for (const pid of [assay.child.pid!, ...findProcesses('--role', home), ...findProcesses('start-dev', home)])
    process.kill(pid, 'SIGKILL');
  await assay.exit;
  return startAssay(command(home));
}

test('chains of runs that are killed in a run of each kind, their consumers waiting, end as if left alone', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-chains-killed-');
  let assay = startAssay(command(home));
  await waitFor(assay, 'a base model', () => ask(home, 'select id from base_models').length === 1);
  assay = await killAndResume(home, assay);
  for (const [condition, waiting] of [
    ['teacher-rollouts', 'distilled'],
    ['distilled', 'distilled-grpo'],
    ['distilled-grpo', 'ranked'],
    ['taught-on-policy', null],
    ['taught-by-distributions', null],
  ] as const) {
    await waitFor(assay, `steps of ${condition}`, () => countSteps(home, condition) >= 2);
    if (waiting !== null)
      assert.equal(statusOf(home, waiting), 'pending', `${waiting} waits for ${condition}`);
    assay = await killAndResume(home, assay);
  }
  await waitFor(assay, 'the ranking', () => ask(home, 'select run_id from datasets').length === 2);
  for (const pid of findProcesses('--role', home)) process.kill(pid, 'SIGKILL');
  assert.equal(await assay.exit, 0, assay.output().stderr);
  assertSameResults(home, calm);
});

test('what a run takes from others is pinned by what they recorded', () => {
  const pinned = ask<{ run: string; role: string; input: string; kept: number }>(
    calm,
    `select run_id as run, role, input_run_id as input,
       sha256 in (select sha256 from datasets union select sha256 from artifacts) as kept from run_inputs order by run, role`,
  ).map(({ run, role, input, kept }) => [run.split('/')[1], role, input.split('/')[1], kept]);
  assert.deepEqual(pinned, [
    ['anchored', 'data', 'teacher-rollouts', 1],
    ['distilled-grpo', 'policy', 'distilled', 1],
    ['distilled', 'data', 'teacher-rollouts', 1],
    ['one-shot', 'data', 'ranked', 1],
    ['ranked', 'data', 'distilled-grpo', 1],
    ['taught-by-base', 'teacher', 'other-base', 1],
    ['taught-by-distributions', 'teacher', 'distilled', 1],
    ['taught-on-policy', 'teacher', 'distilled', 1],
  ]);
});

test('a dataset holds what its run sampled, and a fit learns from it in its order, from the beginning again', () => {
  const texts = (condition: string): string[] =>
    ask<{ text: string }>(
      calm,
      `select text from rollouts where phase = 'train' and run_id like '%/${condition}/%'
       order by step, problem_index, sample_index`,
    ).map(({ text }) => text);
  const rows = ask<{ value: string }>(
    calm,
    `select value from dataset_rows where run_id like '%/teacher-rollouts/%' order by row`,
  ).map(({ value }) => (JSON.parse(value) as { completion: string }).completion);
  assert.equal(rows.length, 5 * 8 * 4);
  assert.deepEqual(rows, texts('teacher-rollouts'));
  assert.deepEqual(texts('distilled'), rows);
  const first = rows.slice(0, 48);
  assert.deepEqual(texts('anchored'), [...first, ...first, ...first, ...first].slice(0, 160));
});

test('a teacher scores what the policy samples: it is counted, no label is, and the policy comes nearer to it', () => {
  for (const condition of ['taught-on-policy', 'taught-by-distributions', 'taught-by-base']) {
    const spent = ask<{ role: string; calls: number; labels: number }>(
      calm,
      `select role, sum(calls) as calls, sum(labels) as labels from ledger
         where run_id like '%/${condition}/%' and stage in ('measure', 'judge') group by role`,
    );
    assert.deepEqual(spent, [{ role: 'teacher', calls: 5 * 8 * 4, labels: 0 }], condition);
    const gaps = ask<{ value: number }>(
      calm,
      `select value from metrics where run_id like '%/${condition}/%' and name = 'teacher/kl_nats' order by step`,
    ).map(({ value }) => value);
    assert.equal(gaps.length, 5, condition);
    assert.ok(gaps.at(-1)! < gaps[0]!, `${condition}: ${gaps.join(', ')}`);
  }
  const divergences = ask<{ value: number }>(
    calm,
    `select value from metrics where run_id like '%/taught-by-distributions/%' and name = 'loss/divergence' order by step`,
  ).map(({ value }) => value);
  assert.equal(divergences.length, 5);
  assert.ok(divergences.at(-1)! < divergences[0]!, divergences.join(', '));
  const [own, wider] = ['taught-on-policy', 'taught-by-base'].map((condition) => {
    const query = `select sum(flops) / sum(tokens) as cost from ledger where run_id like '%/${condition}/%' and role = 'teacher'`;
    return ask<{ cost: number }>(calm, query)[0]!.cost;
  });
  assert.ok(wider! > 1.5 * own!, 'a wider teacher costs what its own size does');
});
