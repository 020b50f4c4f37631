import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  ArtifactDamagedError,
  ArtifactMissingError,
  ArtifactOwnerError,
  ArtifactPathError,
} from './artifact-errors.ts';
import { findOwner, OWNER_FILE } from './artifact-owner.ts';
import { isTransient } from './artifact-path.ts';
import { createArtifactStore, removeAll, type ArtifactStore } from './artifact-store.ts';
import { hashContent } from './hash-content.ts';

const bytes = new TextEncoder().encode('weights');
const ours = '00000000-0000-4000-8000-000000000001';
const theirs = '00000000-0000-4000-8000-000000000002';

async function createDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'artifacts-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

test('an artifact reads back as written and writing it twice is the same file', async (t) => {
  const directory = await createDirectory(t);
  const store = createArtifactStore(directory, ours);
  const ref = await store.write('runs/a/weights-{sha}.bin', bytes);
  assert.deepEqual(await store.write('runs/a/weights-{sha}.bin', bytes), ref);
  assert.deepEqual(new Uint8Array(await store.read(ref)), bytes);
  assert.deepEqual(await readdir(join(directory, 'runs/a')), [ref.path.split('/').at(-1)]);
  const empty = await store.write('empty', new Uint8Array());
  assert.equal((await store.read(empty)).byteLength, 0);
});

test('a half-written, changed or missing artifact is an error that names the file', async (t) => {
  const directory = await createDirectory(t);
  const store = createArtifactStore(directory, ours);
  const ref = await store.write('weights.bin', bytes);
  await writeFile(join(directory, 'weights.bin'), bytes.slice(0, 3));
  await assert.rejects(store.read(ref), ArtifactDamagedError);
  await writeFile(
    join(directory, 'weights.bin'),
    bytes.map((byte) => byte ^ 1),
  );
  await assert.rejects(store.read(ref), ArtifactDamagedError);
  await store.remove(ref);
  await store.remove(ref);
  await assert.rejects(
    store.read(ref),
    (error: unknown) => error instanceof ArtifactMissingError && /weights\.bin/.test(error.message),
  );
});

test('a path cannot leave the store', async () => {
  const store = createArtifactStore('/nowhere', ours);
  for (const path of ['../outside', '/etc/outside', 'runs/../../outside', '..', '', 'runs/a\0b']) {
    await assert.rejects(store.write(path, bytes), ArtifactPathError, path);
    await assert.rejects(store.read({ path, sha256: '', bytes: 1 }), ArtifactPathError, path);
    await assert.rejects(store.remove({ path, sha256: '', bytes: 1 }), ArtifactPathError, path);
  }
});

test('a link to a directory outside is refused, and one to the store itself is not', async (t) => {
  const outside = await createDirectory(t);
  const directory = await createDirectory(t);
  const store = createArtifactStore(join(directory, 'link'), ours);
  await mkdir(join(directory, 'real'));
  await symlink(join(directory, 'real'), join(directory, 'link'));
  const ref = await store.write('runs/a/weights', bytes);
  assert.deepEqual(new Uint8Array(await store.read(ref)), bytes);
  await symlink(outside, join(directory, 'real/runs/b'));
  await writeFile(join(outside, 'weights'), bytes);
  const led = { ...ref, path: 'runs/b/weights' };
  await assert.rejects(store.write('runs/b/new/weights', bytes), ArtifactPathError);
  await assert.rejects(store.read(led), ArtifactPathError);
  await assert.rejects(store.remove(led), ArtifactPathError);
  assert.deepEqual(await readdir(outside), ['weights']);
});

test('a directory is of the store that writes first, and another store neither writes, reads nor deletes there', async (t) => {
  const directory = await createDirectory(t);
  const store = createArtifactStore(directory, ours);
  const older = await writeFile(join(directory, 'older'), bytes).then(() => ({
    ...{ path: 'older', bytes: bytes.byteLength },
    sha256: 'a'.repeat(64),
  }));
  await assert.rejects(store.read(older), ArtifactDamagedError);
  assert.equal(await findOwner(directory), null, 'reading claims nothing');
  const ref = await store.write('weights', bytes);
  assert.equal((await findOwner(directory))?.store, ours);
  const other = createArtifactStore(directory, theirs);
  const isRefused = (error: unknown): boolean =>
    error instanceof ArtifactOwnerError && error.message.includes(ours) && error.message.includes(theirs);
  await assert.rejects(other.write('mine', bytes), isRefused);
  await assert.rejects(other.read(ref), isRefused);
  await assert.rejects(other.remove(ref), isRefused);
  assert.deepEqual((await readdir(directory)).sort(), [OWNER_FILE, 'older', 'weights'].sort());
  await createArtifactStore(directory, ours).read(ref);
});

test('of stores that claim a directory at the same time one gets it', async (t) => {
  for (let round = 0; round < 20; round += 1) {
    const directory = join(await createDirectory(t), 'shared');
    const answers = await Promise.allSettled(
      [ours, theirs, ours, theirs].map((id, i) => createArtifactStore(directory, id).write(`${i}`, bytes)),
    );
    const written = answers.flatMap(({ status }, i) => (status === 'fulfilled' ? [i % 2] : []));
    assert.equal(written.length, 2);
    assert.equal(new Set(written).size, 1);
    const owner = (await findOwner(directory))!.store;
    assert.equal(owner, [ours, theirs][written[0]!]);
  }
});

test('an owner file that says nothing is named, and nothing is written beside it', async (t) => {
  const directory = await createDirectory(t);
  await writeFile(join(directory, OWNER_FILE), '{"store": "me"}');
  const store = createArtifactStore(directory, ours);
  await assert.rejects(store.write('weights', bytes), /assay-store\.json does not say/);
  assert.deepEqual(await readdir(directory), [OWNER_FILE]);
});

test('the last file of a step takes its directory along, and a writer that comes just then makes it anew', async (t) => {
  const directory = await createDirectory(t);
  const store = createArtifactStore(directory, ours);
  const names = ['rollouts', 'shaped'];
  const refs = await Promise.all(names.map((name) => store.write(`runs/r/step-0/${name}-{sha}`, bytes)));
  await store.remove(refs[0]!);
  assert.ok(existsSync(join(directory, 'runs/r/step-0')));
  await store.remove(refs[1]!);
  assert.ok(!existsSync(join(directory, 'runs/r/step-0')));
  assert.ok(existsSync(join(directory, 'runs/r')));
  const alone = await store.write('alone', bytes);
  await store.remove(alone);
  assert.deepEqual((await readdir(directory)).sort(), [OWNER_FILE, 'runs']);
  const writeAndRemove = async (name: string): Promise<void> => {
    for (let i = 0; i < 200; i += 1) await store.remove(await store.write(`runs/r/step-1/${name}`, bytes));
  };
  await Promise.all(['a', 'b', 'c'].map(writeAndRemove));
  assert.ok(!existsSync(join(directory, 'runs/r/step-1')));
});

test('only what a training step makes again is transient', () => {
  const transient = [
    'runs/e/grpo/base-0/seed-0/step-3/rollouts-0-01.safetensors',
    'runs/r/step-0/shaped-0-01',
  ];
  const kept = [
    'runs/e/step-1/base-0/seed-0/checkpoint-3/weights-01.safetensors',
    'runs/r/plan-01.json',
    'runs/r/failures/step-1-01.safetensors',
    'runs/r/evaluation-2/clean-0-01.safetensors',
    'bases/0123456789abcdef/step-200/weights-01.safetensors',
  ];
  assert.deepEqual([...transient, ...kept].filter(isTransient), transient);
});

test('what a store does not delete is said in one line, and the commit before it holds', async (t) => {
  const lines: string[] = [];
  t.mock.method(console, 'error', (line: string) => lines.push(line));
  const removed: string[] = [];
  const store = {
    remove: ({ path }: { path: string }) => {
      if (path === 'b') return Promise.reject(new Error('not yours'));
      removed.push(path);
      return Promise.resolve();
    },
  } as unknown as ArtifactStore;
  await removeAll(
    store,
    ['a', 'b', 'c'].map((path) => ({ path, sha256: '', bytes: 1 })),
  );
  assert.deepEqual(removed, ['a']);
  assert.deepEqual(lines, ['2 files are left to `assay gc`, from b on: Error: not yours']);
  const directory = await createDirectory(t);
  const led = { path: '../x', sha256: '', bytes: 1 };
  await assert.rejects(removeAll(createArtifactStore(directory, ours), [led]), ArtifactPathError);
});

test('a transfer ends with the reason of its signal and leaves nothing half', async (t) => {
  const directory = await createDirectory(t);
  const store = createArtifactStore(directory, ours);
  const ref = await store.write('weights', bytes);
  const reason = new Error('cancelled');
  const signal = AbortSignal.abort(reason);
  await assert.rejects(store.read(ref, { signal }), reason);
  await assert.rejects(store.write('more', bytes, { signal }), reason);
  assert.deepEqual((await readdir(directory)).sort(), [OWNER_FILE, 'weights']);
  assert.deepEqual(new Uint8Array(await readFile(join(directory, 'weights'))), bytes);
});

test('hashing many bytes lets the event loop run in between', async () => {
  let turns = 0;
  let isHashing = true;
  const turn = (): void => {
    turns += 1;
    if (isHashing) setImmediate(turn);
  };
  setImmediate(turn);
  const sha256 = await hashContent(Buffer.alloc(100 * 2 ** 20));
  isHashing = false;
  assert.ok(turns >= 3, `${turns} turns`);
  // sha256sum of 100 MiB of zeros.
  assert.equal(sha256, '20492a4d0d84f8beb1767f6616229f85d44c2827b64bdbfb260ee12fa1109e0e');
});
