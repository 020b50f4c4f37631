import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runAssay } from '../support/assay-process.ts';
import { createTemporaryDirectory } from '../support/small-matrix.ts';

const matrix = fileURLToPath(new URL('../matrices/two-runs.ts', import.meta.url));

/** Activities are given to another worker 20 s after their last heartbeat. */
const HEARTBEAT_TIMEOUT_MS = 20_000;

interface Delay {
  readonly log: string;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function readDelays(home: string): Delay[] {
  const line = /event-loop delay ms: p50 (\d+) p99 (\d+) max (\d+)/g;
  const logs = readdirSync(join(home, 'logs')).filter((name) => /^(train|store)-/.test(name));
  return logs.flatMap((log) =>
    [...readFileSync(join(home, 'logs', log), 'utf8').matchAll(line)].map(([, ...found]) => {
      const [p50, p99, max] = found.map(Number);
      return { log, p50: p50!, p99: p99!, max: max! };
    }),
  );
}

test('training on every core leaves room for heartbeats: no worker holds its event loop for a quarter of their timeout', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-event-loop-');
  const finished = await runAssay(['run', matrix, '--home', home, '--train-workers', '2']);
  assert.equal(finished.code, 0, finished.stderr);
  const delays = readDelays(home);
  console.table(delays);
  for (const log of ['store-0.log', 'train-1.log', 'train-2.log'])
    assert.ok(
      delays.some((delay) => delay.log === log),
      `${log} tells its delay`,
    );
  for (const { log, max } of delays) assert.ok(max < HEARTBEAT_TIMEOUT_MS / 4, `${log}: ${max} ms`);
});
