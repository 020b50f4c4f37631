import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ProgramFailedError, runProgram } from './run-program.ts';

test('what a program prints is returned, without what it says on the side', async () => {
  const printed = await runProgram({
    command: process.execPath,
    arguments: ['-e', 'console.error("aside"); console.log("answer")'],
    timeoutMs: 10_000,
  });
  assert.equal(printed, 'answer\n');
});

test('a failing program is an error that ends with its last lines', async () => {
  const failing = runProgram({
    command: process.execPath,
    arguments: ['-e', 'console.error("the reason"); process.exit(3)'],
    timeoutMs: 10_000,
  });
  await assert.rejects(failing, (error) => {
    assert.ok(error instanceof ProgramFailedError);
    assert.match(error.message, /ended with status 3; expected status 0\.\nthe reason$/);
    return true;
  });
});

test('a program that is not there is an error that names it', async () => {
  const missing = runProgram({ command: 'no-such-program', arguments: [], timeoutMs: 10_000 });
  await assert.rejects(missing, /'no-such-program ' could not be started/);
});

test('a program that outlives its time is ended together with the programs it started', async () => {
  const sign = join(mkdtempSync(join(tmpdir(), 'assay-program-')), 'survived');
  const grandchild = `setTimeout(() => require('node:fs').writeFileSync(${JSON.stringify(sign)}, ''), 2_000)`;
  const program = `
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'ignore' });
    setTimeout(() => {}, 60_000);`;
  const started = Date.now();
  const slow = runProgram({ command: process.execPath, arguments: ['-e', program], timeoutMs: 1_000 });
  await assert.rejects(slow, /was still running after 1 s/);
  assert.ok(Date.now() - started < 10_000);
  await pause(2_500);
  assert.equal(existsSync(sign), false);
});
