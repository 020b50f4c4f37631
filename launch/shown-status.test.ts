import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { toHome } from '../artifacts/home.ts';
import { enterUser, hasUsers, removeDeadUsers } from '../worker/server/server-users.ts';
import { toShownStatus } from './shown-status.ts';

const follower = { server: 'embedded', process: { pid: 1, startedAt: 'long ago' } };

test('a run is interrupted when its row says running and no command uses the embedded server', () => {
  assert.equal(toShownStatus('running', { follower, isServerUsed: false }), 'interrupted');
  assert.equal(toShownStatus('running', { follower, isServerUsed: true }), 'running');
  assert.equal(toShownStatus('pending', { follower, isServerUsed: false }), 'pending');
  const elsewhere = { ...follower, server: '10.0.0.1:7233, namespace default' };
  assert.equal(toShownStatus('running', { follower: elsewhere, isServerUsed: false }), 'running');
});

test('a command that was killed is no user of a server, and asking changes nothing', (t) => {
  const home = toHome(mkdtempSync(join(tmpdir(), 'assay-users-')));
  t.after(() => rmSync(home.directory, { recursive: true }));
  assert.equal(hasUsers(home), false);
  mkdirSync(join(home.server, 'users'), { recursive: true });
  // A number that is this process's, of a process that started at another time.
  writeFileSync(
    join(home.server, 'users', 'killed'),
    JSON.stringify({ pid: process.pid, startedAt: 'long ago' }),
  );
  assert.equal(hasUsers(home), false);
  const entry = enterUser(home);
  removeDeadUsers(home);
  assert.equal(hasUsers(home), true);
  rmSync(entry);
  assert.equal(hasUsers(home), false);
});
