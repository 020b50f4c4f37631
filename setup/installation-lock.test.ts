import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withInstallationLock } from './installation-lock.ts';

const scratch = mkdtempSync(join(tmpdir(), 'assay-lock-'));

/** A process that holds the lock until it is killed; resolves once it has it. */
async function startHolder(path: string): Promise<{ kill: () => Promise<void> }> {
  const program = `
    const { withInstallationLock } = await import(${JSON.stringify(new URL('installation-lock.ts', import.meta.url).href)});
    await withInstallationLock({ path: ${JSON.stringify(path)}, onWait() {} }, async () => {
      console.log('held');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('a second process waits, says so once, and goes on when the first has died', async () => {
  const path = join(scratch, 'killed.lock');
  const holder = await startHolder(path);
  const events: string[] = [];
  const work = withInstallationLock({ path, onWait: () => events.push('waits') }, () => {
    events.push('works');
    return Promise.resolve('done');
  });
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.deepEqual(events, ['waits']);
  await holder.kill();
  assert.equal(await work, 'done');
  assert.deepEqual(events, ['waits', 'works']);
});

test('the lock is given back when the work fails', async () => {
  const path = join(scratch, 'failed.lock');
  const onWait = (): void => assert.fail('nobody holds the lock');
  await assert.rejects(
    withInstallationLock({ path, onWait }, () => Promise.reject(new Error('no'))),
    /^Error: no$/,
  );
  assert.equal(await withInstallationLock({ path, onWait }, () => Promise.resolve(7)), 7);
});
