import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  ArtifactDamagedError,
  ArtifactMissingError,
  ArtifactPathError,
  createArtifactStore,
} from './artifact-store.ts';

const bytes = new TextEncoder().encode('weights');

test('an artifact reads back as written and writing it twice is the same file', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'artifacts-'));
  t.after(() => rm(directory, { recursive: true }));
  const store = createArtifactStore(directory);
  const ref = await store.write('runs/a/weights-{sha}.bin', bytes);
  assert.deepEqual(await store.write('runs/a/weights-{sha}.bin', bytes), ref);
  assert.deepEqual(new Uint8Array(await store.read(ref)), bytes);
  assert.deepEqual(await readdir(join(directory, 'runs/a')), [ref.path.split('/').at(-1)]);
});

test('a half-written or missing artifact is an error that names the file', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'artifacts-'));
  t.after(() => rm(directory, { recursive: true }));
  const store = createArtifactStore(directory);
  const ref = await store.write('weights.bin', bytes);
  await writeFile(join(directory, 'weights.bin'), bytes.slice(0, 3));
  await assert.rejects(store.read(ref), ArtifactDamagedError);
  await store.remove(ref);
  await store.remove(ref);
  await assert.rejects(
    store.read(ref),
    (error: unknown) => error instanceof ArtifactMissingError && /weights\.bin/.test(error.message),
  );
});

test('a path cannot leave the store', async () => {
  const store = createArtifactStore('/nowhere');
  for (const path of ['../outside', '/etc/outside', 'runs/../../outside', '..', '', 'runs/a\0b']) {
    await assert.rejects(store.write(path, bytes), ArtifactPathError, path);
    await assert.rejects(store.read({ path, sha256: '', bytes: 1 }), ArtifactPathError, path);
    await assert.rejects(store.remove({ path, sha256: '', bytes: 1 }), ArtifactPathError, path);
  }
});
