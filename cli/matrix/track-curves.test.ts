import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MatrixState, MatrixView } from '../../launch/follow-matrix.ts';
import {
  completeRun,
  EXPERIMENT,
  openExportedStore,
  recordCurveStep,
} from '../../reports/export/exported-experiment.fixture.ts';
import { READY, writeStandIn } from '../../reports/export/trackio/stand-in-python.fixture.ts';
import type { RunOptions } from './run-options.ts';
import { openTracking } from './track-curves.ts';

/** What a matrix does is the view's matter alone. */
const state = {} as MatrixState;

function createView(): MatrixView & { readonly shown: MatrixState[] } {
  const shown: MatrixState[] = [];
  return { shown, show: (next) => shown.push(next), intervalMs: () => 5, end: () => undefined };
}

const optionsWith = (python: string): RunOptions => ({ track: 'trackio', python }) as RunOptions;

/** Lines of talk; nothing reaches the screen. */
function hearTalk(t: TestContext): string[] {
  const lines: string[] = [];
  t.mock.method(console, 'error', (line: string) => lines.push(line));
  return lines;
}

test('whenever the view shows a state, what was recorded since then is logged; the end logs the rest', async (t) => {
  const db = openExportedStore(t);
  const talk = hearTalk(t);
  const python = writeStandIn(t, `${READY}; cat > "$0.points"; echo '{"added":4}'`);
  const tracking = await openTracking(db, [EXPERIMENT], optionsWith(python));
  const view = createView();
  const watched = tracking.watch(view);
  const readKeys = (): string[] =>
    readFileSync(`${python}.points`, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { project, key } = JSON.parse(line) as { project: string; key: string };
        return `${project} ${key.split('/').at(-1)}`;
      });
  recordCurveStep(db, 0);
  watched.show(state);
  for (let left = 100; readKeys().length === 0 && left > 0; left -= 1) await sleep(20);
  assert.deepEqual(readKeys(), ['sums step-0']);
  assert.deepEqual(view.shown, [state]);
  recordCurveStep(db, 1);
  completeRun(db);
  await tracking.end();
  assert.deepEqual(readKeys(), ['sums step-0', 'sums step-1', 'sums clean-2', 'sums contaminated-2']);
  assert.equal(talk.at(-1), 'trackio: 4 points added to sums');
});

test('a tracker that ends is told once and stops nothing', async (t) => {
  const db = openExportedStore(t);
  const talk = hearTalk(t);
  const python = writeStandIn(t, `${READY}; exec 0<&-; echo disk full >&2; exit 1`);
  const tracking = await openTracking(db, [EXPERIMENT], optionsWith(python));
  const watched = tracking.watch(createView());
  for (const step of [0, 1]) {
    recordCurveStep(db, step);
    watched.show(state);
    await sleep(100);
  }
  await tracking.end();
  const told = talk.filter((line) => line.includes('no longer tracked'));
  assert.equal(told.length, 1);
  assert.match(told[0]!, /disk full.*`assay export --to trackio`/);
});

test('without --track no program is started', async (t) => {
  const db = openExportedStore(t);
  const tracking = await openTracking(db, [EXPERIMENT], { python: '/nowhere' } as RunOptions);
  const view = createView();
  assert.equal(tracking.watch(view), view);
  await tracking.end();
});
