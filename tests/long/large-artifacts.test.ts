import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ArtifactDamagedError } from '../../artifacts/artifact-errors.ts';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { createTemporaryDirectory } from '../support/small-matrix.ts';

const BYTES = 2.1 * 2 ** 30;

test('a training state beyond 2 GiB is written and read back, and heartbeats go out meanwhile', async (t) => {
  const directory = createTemporaryDirectory(t, 'assay-large-');
  const store = createArtifactStore(directory, '00000000-0000-4000-8000-000000000001');
  const written = Buffer.alloc(Math.floor(BYTES));
  written.write('the last bytes', written.byteLength - 14);
  let longestMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - last);
    last = performance.now();
  }, 10);
  const ref = await store.write('runs/r/checkpoint-1/training-state-{sha}', written);
  const read = await store.read(ref);
  clearInterval(timer);
  assert.ok(Buffer.compare(read, written) === 0);
  console.log(`longest turn of the event loop: ${longestMs.toFixed(0)} ms`);
  assert.ok(longestMs < 5000, `the event loop stood still for ${longestMs} ms`);
  await truncate(join(directory, ref.path), 2 ** 31);
  await assert.rejects(store.read(ref), ArtifactDamagedError);
});
