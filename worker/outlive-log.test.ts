import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { test } from 'node:test';

/** Fails every write with ENOSPC. */
const FULL = '/dev/full';

function exitCodeOnFullLog(isGuarded: boolean): number | null {
  const file = JSON.stringify(new URL('./outlive-log.ts', import.meta.url).href);
  const program = `
    const { outliveLog } = await import(${file});
    if (${isGuarded}) outliveLog();
    process.stderr.write('a warning');
    setTimeout(() => process.exit(0), 50);`;
  const log = openSync(FULL, 'w');
  const { status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { stdio: ['ignore', log, log] },
  );
  return status;
}

test(
  'a process whose log lies on a full disk goes on, where it would otherwise end at its first line',
  { skip: existsSync(FULL) ? false : `there is no ${FULL} here` },
  () => {
    assert.equal(exitCodeOnFullLog(true), 0);
    assert.equal(exitCodeOnFullLog(false), 1);
  },
);
