import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { exampleRollout, openExampleStore, recordExampleRollouts } from '../db/example-store.fixture.ts';
import { endRun } from '../db/queries/runs.ts';
import { recordStep } from '../db/queries/steps.ts';
import { writeTransaction } from '../db/store/connection.ts';
import { guardConsole } from './guard-console.ts';
import { main } from './main.ts';
import { toPrintable } from './printable.ts';

/** Clears the screen, sets the title, turns the writing direction, returns to the line's beginning. */
const HOSTILE = 'a\u001b[2J\u001b]0;title\u0007\u009b31m\u202egnp\r\u0000\u007f\nb\tc';

const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

test('what a terminal obeys is written out, lines and tabs stay, and JSON keeps its meaning', () => {
  assert.equal(
    toPrintable(HOSTILE),
    String.raw`a\u001b[2J\u001b]0;title\u0007\u009b31m\u202egnp\u000d\u0000\u007f` + '\nb\tc',
  );
  assert.equal(toPrintable('ä 数 😀 →'), 'ä 数 😀 →');
  assert.deepEqual(JSON.parse(toPrintable(JSON.stringify({ text: HOSTILE }))), { text: HOSTILE });
});

test('a guarded console prints no secret', () => {
  const lines: unknown[][] = [];
  const target = {
    log: (...line: unknown[]) => lines.push(line),
    error: (...line: unknown[]) => lines.push(line),
  };
  guardConsole(target, { TEMPORAL_API_KEY: 'sentinel-key' });
  target.error('failed: Bearer sentinel-key', 3);
  assert.deepEqual(lines, [['failed: Bearer [TEMPORAL_API_KEY]', 3]]);
});

test('a rollout and a failure full of terminal commands are shown by `assay show` and `assay ls` without one', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'assay-show-'));
  t.after(() => rmSync(home, { recursive: true }));
  const db = openExampleStore(join(home, 'assay.db'));
  const { rollout, ...rest } = exampleRollout('r1', 0);
  recordExampleRollouts(db, [{ ...rest, rollout: { ...rollout, text: HOSTILE } }]);
  writeTransaction(db, (tx) => recordStep(tx, { runId: 'r1', step: 0, rollouts: 1, tokens: 1 }, { m: 1 }));
  endRun(db, 'r1', { status: 'failed', failure: { type: 'JudgeError', message: HOSTILE } });
  db.$client.close();
  let printed = '';
  const { log, error } = console;
  t.after(() => Object.assign(console, { log, error }));
  for (const parameters of [
    ['show', 'r1'],
    ['show', 'r1', '--json'],
    ['ls'],
    ['ls', '--json'],
    ['show', HOSTILE],
  ]) {
    const before = printed.length;
    Object.assign(console, {
      log: (line: string) => (printed += line),
      error: (line: string) => (printed += line),
    });
    await main(['node', 'assay', ...parameters, '--home', home]);
    assert.ok(printed.length > before, parameters.join(' '));
    assert.doesNotMatch(printed, OBEYED, parameters.join(' '));
  }
  assert.ok(printed.includes('\\u009b31m'));
});
