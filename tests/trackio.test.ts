import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/store/connection.ts';
import { createCurveReader, type CurvePoint } from '../reports/export/curve-points.ts';
import {
  completeRun,
  EXPERIMENT,
  openExportedStore,
  recordCounts,
  recordCurveStep,
  RUN,
  RUN_NAME,
} from '../reports/export/exported-experiment.fixture.ts';
import { openTrackio, type ProjectPoint } from '../reports/export/trackio/open-trackio.ts';

const python = process.env['ASSAY_PYTHON'] ?? 'python3';
const PROJECT = EXPERIMENT.name;

/** Why the tests cannot run here; false when they can. */
function findObstacle(): string | false {
  const probe = spawnSync(python, ['-c', 'import trackio'], { encoding: 'utf8' });
  if (probe.status === 0) return false;
  const reason = probe.error?.message ?? probe.stderr.trim().split('\n').at(-1);
  return `${python} cannot import trackio (${reason}); name one that can in ASSAY_PYTHON`;
}

/** A directory in the place of trackio's own. */
function useDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-trackio-'));
  const before = process.env['TRACKIO_DIR'];
  process.env['TRACKIO_DIR'] = directory;
  t.after(() => {
    if (before === undefined) delete process.env['TRACKIO_DIR'];
    else process.env['TRACKIO_DIR'] = before;
    rmSync(directory, { recursive: true });
  });
  return directory;
}

/** What trackio's own command line answers. */
function ask<Answer>(...words: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(python, ['-m', 'trackio.cli', ...words, '--json'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr + stdout);
  return JSON.parse(stdout) as Answer;
}

/** A curve as trackio gives it back: step, value and time. */
function readCurve(metric: string): (string | number)[][] {
  const answer = ask<{ values: { step: number; value: number; timestamp: string }[] }>(
    ...['get', 'metric', '--project', PROJECT, '--run', RUN_NAME, '--metric', metric],
  );
  return answer.values.map(({ step, value, timestamp }) => [step, value, timestamp]);
}

function toProject(points: Iterable<CurvePoint>): ProjectPoint[] {
  return Array.from(points, (point) => ({ ...point, project: PROJECT }));
}

async function exportAll(db: Database): Promise<number> {
  const client = await openTrackio(python);
  await client.log(toProject(createCurveReader(db, EXPERIMENT.id)()));
  return client.close();
}

/** The curve once it is that long; what there is after ten seconds. */
async function awaitCurve(metric: string, length: number): Promise<(string | number)[][]> {
  for (let left = 20; ; left -= 1) {
    const found = ask<{ runs: unknown[] }>('list', 'runs', '--project', PROJECT).runs;
    const curve = found.length === 0 ? [] : readCurve(metric);
    if (curve.length >= length || left === 0) return curve;
    await sleep(500);
  }
}

const rewards = [
  [0, 0.25, '2026-01-02T03:00:00.000Z'],
  [1, 0.5, '2026-01-02T03:00:01.000Z'],
];

describe('curves in trackio', { skip: findObstacle() }, () => {
  test('the real client gives every recorded value, step and time back, and what the run is', async (t) => {
    useDirectory(t);
    const db = openExportedStore(t);
    for (const step of [0, 1]) recordCurveStep(db, step);
    for (const [problemIndex, c] of [1, 2].entries())
      recordCounts(db, { step: 1, split: 'dev', problemIndex }, { n: 4, c });
    completeRun(db);
    assert.equal(await exportAll(db), 5);
    assert.deepEqual(readCurve('reward/mean'), rewards);
    assert.deepEqual(
      readCurve('loss/policy').map(([, value]) => value),
      [0.5, -0.5],
    );
    assert.deepEqual(readCurve('eval/dev/pass_at_1'), [[1, 0.375, '2026-01-02T03:00:00.000Z']]);
    assert.deepEqual(readCurve('eval/clean/pass_at_1'), [[2, 0.625, '2026-01-02T03:04:05.678Z']]);
    const script = `import json, trackio
runs = trackio.Api().runs("${PROJECT}")
print(json.dumps([[run.id, run.name, run.config["_Group"], run.config["seed"], run.config["scheme"]] for run in runs]))`;
    const { stdout, stderr } = spawnSync(python, ['-c', script], { encoding: 'utf8' });
    const runs = JSON.parse(stdout || stderr) as unknown;
    assert.deepEqual(runs, [[RUN, RUN_NAME, 'grpo/short', 3, { name: 'grpo' }]]);
    // Again: nothing is logged twice.
    assert.equal(await exportAll(db), 0);
    assert.deepEqual(readCurve('reward/mean'), rewards);
  });

  test('a curve is there while its run goes on; after a kill in the midst of it each step is there once', async (t) => {
    const directory = useDirectory(t);
    const db = openExportedStore(t);
    // The client's process id, so that it can be killed.
    const wrapper = join(directory, 'python');
    writeFileSync(wrapper, `#!/bin/sh\necho $$ > ${directory}/pid\nexec ${python} "$@"\n`, { mode: 0o755 });
    const client = await openTrackio(wrapper);
    const read = createCurveReader(db, EXPERIMENT.id);
    recordCurveStep(db, 0);
    await client.log(toProject(read()));
    assert.deepEqual(await awaitCurve('reward/mean', 1), rewards.slice(0, 1));

    process.kill(Number(readFileSync(join(directory, 'pid'), 'utf8')), 'SIGKILL');
    await assert.rejects(client.close(), { name: 'TrackerFailedError', message: /SIGKILL/ });
    recordCurveStep(db, 1);
    assert.equal(await exportAll(db), 1);
    assert.deepEqual(readCurve('reward/mean'), rewards);
  });

  test('two clients that log the same points at once add each of them once', async (t) => {
    useDirectory(t);
    const db = openExportedStore(t);
    for (const step of [0, 1]) recordCurveStep(db, step);
    await Promise.all([exportAll(db), exportAll(db), exportAll(db)]);
    assert.deepEqual(readCurve('reward/mean'), rewards);
  });
});
