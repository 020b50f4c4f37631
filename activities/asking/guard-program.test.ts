import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { createTemporaryDirectory } from '../../tests/support/small-matrix.ts';

/** Starts a child of its own, says where it is, and never answers. */
const DEAF = `import json, os, subprocess, sys, time
child = subprocess.Popen(["sleep", "1000"])
with open(sys.argv[1] + ".part", "w") as f: json.dump([os.getpid(), child.pid, os.getcwd()], f)
os.rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(1000)
`;

/** A process that asks a deaf program, as a worker does. */
function startAsker(facts: string) {
  const source = { command: ['python3', 'deaf.py', facts], files: { 'deaf.py': DEAF } };
  const module = new URL('./program-session.ts', import.meta.url).href;
  const script = `import { openProgram } from ${JSON.stringify(module)};
    await openProgram(${JSON.stringify(source)}).ask({ id: 'a' }, new AbortController().signal);`;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function waitUntil(what: string, isTrue: () => boolean): Promise<void> {
  for (let waited = 0; !isTrue(); waited += 50) {
    assert.ok(waited < 30_000, `${what} within 30 s`);
    await sleep(50);
  }
}

/** A process that has ended may wait for its parent to hear of it. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('a program that is in the middle of an answer ends with a killed worker, its children and its folder too', async (t) => {
  const facts = join(createTemporaryDirectory(t, 'assay-guard-'), 'facts.json');
  const asker = startAsker(facts);
  t.after(() => asker.kill('SIGKILL'));
  await waitUntil('the program starts', () => existsSync(facts));
  const [program, child, directory] = JSON.parse(readFileSync(facts, 'utf8')) as [number, number, string];
  assert.ok(isAlive(program) && isAlive(child) && existsSync(directory));
  asker.kill('SIGKILL');
  await once(asker, 'exit');
  await waitUntil('the program ends', () => !isAlive(program) && !isAlive(child));
  await waitUntil('its folder is removed', () => !existsSync(directory));
});
