import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { identifyProcess, isRunning } from './process-identity.ts';

test('this process is running, and one of its number that started at another time is not', () => {
  const self = identifyProcess(process.pid);
  assert.ok(self !== null && self.startedAt !== '');
  assert.ok(isRunning(self));
  assert.ok(!isRunning({ ...self, startedAt: `${self.startedAt}0` }));
});

test('a process that has ended is not running', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const identity = identifyProcess(child.pid!);
  assert.ok(identity !== null && isRunning(identity));
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(!isRunning(identity));
  assert.equal(identifyProcess(child.pid!), null);
});
