import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  ArtifactDamagedError,
  ArtifactMissingError,
  ArtifactPathError,
} from '../artifacts/artifact-errors.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { createLivePolicies } from '../activities/step/live-policies.ts';
import { createObjectArtifactStore } from '../artifacts/object-artifact-store.ts';
import {
  ObjectStoreRefusedError,
  ObjectStoreUnreachableError,
  openBucket,
} from '../artifacts/object-bucket.ts';
import { recordArtifact } from '../db/queries/artifacts.ts';
import { openDatabase, readStoreId, type Database } from '../db/store/connection.ts';
import { openExampleStore } from '../db/example-store.fixture.ts';
import { recordStep } from '../db/queries/steps.ts';
import { createMoments } from '../learning/optimizer/adamw.ts';
import { selectBackend } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import type { PolicyConfig } from '../model/network/config.ts';
import { createPolicy } from '../model/network/policy.ts';
import type { ArtifactRef } from '../config/plan.ts';
import { openArtifactStore, parseArtifactLocation } from '../artifacts/artifact-location.ts';
import { collectGarbage } from '../artifacts/collect-garbage.ts';
import { findStoreIds, resolveStoreId, StoreUnclearError } from '../artifacts/store-id.ts';
import { checkStore } from '../artifacts/check-store.ts';
import { toHome } from '../artifacts/home.ts';
import { findObjectServer, startObjectServer, type ObjectServer } from './support/object-server.ts';
import { createTemporaryDirectory } from './support/small-matrix.ts';

const found = await findObjectServer();
const skip = 'unavailable' in found ? found.unavailable : false;
if (skip !== false) console.log(`skipped: ${skip}`);

const bucket = 'assay-artifacts';
const storeId = '00000000-0000-4000-8000-000000000001';
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
const anotherId = '00000000-0000-4000-8000-000000000002';

describe('artifacts in an S3-compatible server', { skip }, () => {
  let server: ObjectServer;
  let client: S3Client;
  // Before the directory goes, in which the server keeps its files.
  after(async () => {
    client.destroy();
    await server.stop();
  });
  const directory = createTemporaryDirectory({ after }, 'assay-objects-');

  /** The store of one host, with a cache of its own. */
  const openHost = (
    host: string,
    cacheBytes = 1e9,
    overrides: { bucket?: string; storeId?: string } = {},
  ): ArtifactStore =>
    createObjectArtifactStore({
      bucket: openBucket({
        bucket: overrides.bucket ?? bucket,
        endpoint: server.environment.AWS_ENDPOINT_URL_S3,
      }),
      prefix: 'runs/of/may',
      storeId: overrides.storeId ?? storeId,
      cacheDirectory: join(directory, host),
      cacheBytes,
    });

  const keyOf = (ref: ArtifactRef, part: 'kept' | 'transient' = 'kept'): string =>
    `runs/of/may/${storeId}/${part}/${ref.sha256}/${ref.path}`;

  const cached = (host: string): string[] =>
    readdirSync(join(directory, host), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);

  before(async () => {
    assert.ok('program' in found);
    server = await startObjectServer({ program: found.program, directory, host: '127.0.0.1', bucket });
    Object.assign(process.env, server.environment);
    client = new S3Client({ endpoint: server.environment.AWS_ENDPOINT_URL_S3, forcePathStyle: true });
  });

  test('what one host writes another reads by its hash, from the server once and then from its own copy', async () => {
    const bytes = new Uint8Array(100_000).map((_, i) => i % 251);
    const ref = await openHost('a').write('runs/r/checkpoint-1/weights-{sha}.safetensors', bytes);
    const b = openHost('b');
    assert.deepEqual(Buffer.from(await b.read(ref)), Buffer.from(bytes));
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(ref) }));
    assert.deepEqual(Buffer.from(await b.read(ref)), Buffer.from(bytes));
    await assert.rejects(openHost('c').read(ref), ArtifactMissingError);
  });

  test('a copy that was damaged on the host is fetched again; an object that was damaged is refused', async () => {
    const ref = await openHost('a').write('x/{sha}', new Uint8Array([1, 2, 3]));
    const b = openHost('b');
    await b.read(ref);
    writeFileSync(join(directory, 'b', ref.path), 'other');
    assert.deepEqual([...(await b.read(ref))], [1, 2, 3]);
    const Key = keyOf(ref);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: new Uint8Array([1, 2, 4]) }));
    await assert.rejects(openHost('c').read(ref), ArtifactDamagedError);
  });

  test('`assay db check` finds the object that is gone or changed, whatever copies this host has', async (t) => {
    const home = toHome(createTemporaryDirectory(t, 'assay-check-bucket-'));
    const setting = `s3://${bucket}/runs/of/may`;
    const location = parseArtifactLocation(setting, home);
    const db = openExampleStore(home.database);
    t.after(() => db.$client.close());
    const own = readStoreId(db);
    const store = await openArtifactStore(location, { cacheDirectory: home.copies, storeId: own });
    const refs = await Promise.all(['a', 'b', 'c'].map((name) => store.write(name, Buffer.from(name))));
    for (const ref of refs) recordArtifact(db, 'evaluation-rollouts', ref);
    const whole = await checkStore(home, location);
    assert.deepEqual([whole.faults, whole.artifacts.files, whole.unrecorded], [[], 3, null]);
    const [gone, changed] = refs.map((ref) => `runs/of/may/${own}/kept/${ref.sha256}/${ref.path}`);
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: gone! }));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: changed!, Body: 'x' }));
    const { faults } = await checkStore(home, location);
    assert.deepEqual(
      faults.map(({ kind, where }) => [kind, where]),
      [
        ['missing', 'a'],
        ['damaged', 'b'],
      ],
    );
  });

  test('two runs that write the same bytes own an object each', async () => {
    const a = openHost('a');
    const bytes = new TextEncoder().encode('the same rollouts of two schemes');
    const first = await a.write('runs/grpo/{sha}', bytes);
    const second = await a.write('runs/dapo/{sha}', bytes);
    await a.remove(first);
    await a.remove(first);
    await assert.rejects(openHost('c').read(first), ArtifactMissingError);
    assert.deepEqual(Buffer.from(await openHost('c').read(second)), Buffer.from(bytes));
    assert.equal(existsSync(join(directory, 'a', first.path)), false);
  });

  test('stores share a bucket and a prefix, and neither reads nor deletes what another wrote', async () => {
    const mine = openHost('a');
    const theirs = openHost('d', 1e9, { storeId: anotherId });
    const bytes = new TextEncoder().encode('the same weights in two homes');
    const ref = await mine.write('runs/r/checkpoint-1/weights-{sha}', bytes);
    await assert.rejects(theirs.read(ref), ArtifactMissingError);
    assert.deepEqual(await theirs.write('runs/r/checkpoint-1/weights-{sha}', bytes), ref);
    await theirs.remove(ref);
    assert.deepEqual(Buffer.from(await openHost('e').read(ref)), Buffer.from(bytes));
  });

  test('what a training step makes again lies apart, so that a rule for its age spares the rest', async () => {
    const a = openHost('a');
    const rollouts = await a.write('runs/r/step-1/rollouts-0-{sha}', new Uint8Array([1]));
    const weights = await a.write('runs/r/checkpoint-1/weights-{sha}', new Uint8Array([2]));
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: `runs/of/may/${storeId}/transient/` }),
    );
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      [keyOf(rollouts, 'transient')],
    );
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(rollouts, 'transient') }));
    await assert.rejects(openHost('f').read(rollouts), ArtifactMissingError);
    assert.deepEqual([...(await openHost('f').read(weights))], [2]);
  });

  test('objects of versions without store ids are read, and stay', async () => {
    const ref = { path: 'runs/old/plan', sha256: sha256Of('old'), bytes: 3 };
    const Key = `runs/of/may/${ref.sha256}/${ref.path}`;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'old' }));
    const g = openHost('g');
    assert.equal(Buffer.from(await g.read(ref)).toString(), 'old');
    await g.remove(ref);
    assert.equal(Buffer.from(await g.read(ref)).toString(), 'old');
  });

  test('a reference whose path or hash leads out of the store is refused before anything is sent', async () => {
    const a = openHost('a');
    const sha256 = 'a'.repeat(64);
    for (const ref of [
      { path: '../../x', sha256, bytes: 1 },
      { path: '/x', sha256, bytes: 1 },
      { path: 'x', sha256: `../../../${anotherId}/kept/${sha256}`, bytes: 1 },
    ]) {
      await assert.rejects(a.read(ref), ArtifactPathError);
      await assert.rejects(a.remove(ref), ArtifactPathError);
    }
    await assert.rejects(a.write('../x', new Uint8Array(1)), ArtifactPathError);
  });

  test('what is larger than a part is sent in parts and read back whole', async () => {
    const bytes = Buffer.alloc(80 * 2 ** 20, 'weights of a large policy');
    const ref = await openHost('a').write('runs/large/checkpoint-1/weights-{sha}', bytes);
    assert.ok(bytes.equals(await openHost('h').read(ref)));
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    assert.deepEqual(Uploads, []);
    const signal = AbortSignal.timeout(50);
    await assert.rejects(openHost('a').write('runs/large/other', bytes, { signal }), {
      name: 'TimeoutError',
    });
  });

  test('`assay gc` looks after the objects of its own store alone, and keeps what runs need', async (t) => {
    const home = toHome(createTemporaryDirectory(t, 'assay-gc-bucket-'));
    const guest = toHome(createTemporaryDirectory(t, 'assay-gc-guest-'));
    const location = parseArtifactLocation(`s3://${bucket}/shared`, home);
    const db = openExampleStore(home.database);
    const other = openDatabase(guest.database);
    t.after(() => [db, other].forEach(({ $client }) => $client.close()));
    const open = (of: Database, cacheDirectory: string): Promise<ArtifactStore> =>
      openArtifactStore(location, { cacheDirectory, storeId: readStoreId(of) });
    const mine = await open(db, home.copies);
    const theirs = await open(other, guest.copies);
    recordStep(db, { runId: 'r1', step: 0, rollouts: 1, tokens: 1 }, {});
    const write = async (path: string): Promise<ArtifactRef> => {
      const ref = await mine.write(path, Buffer.from(path));
      assert.deepEqual(await theirs.write(path, Buffer.from(path)), ref);
      return ref;
    };
    const kept = await write('runs/r1/checkpoint-1/weights-01');
    recordArtifact(db, 'weights', kept);
    const needed = await write('runs/r1/step-1/rollouts-0-01');
    const past = await write('runs/r1/step-0/rollouts-0-01');
    const unknown = await write('runs/unknown/checkpoint-1/weights-01');
    const collect = (isDryRun: boolean, nowMs = Date.now()) =>
      collectGarbage(home, { artifacts: location, isDryRun, nowMs });
    const planned = await collect(true);
    const own = readStoreId(db);
    assert.deepEqual(
      planned.garbage.map(({ path }) => path),
      [`shared/${own}/transient/${past.sha256}/${past.path}`],
    );
    assert.deepEqual(await collect(false), planned);
    assert.equal((await collect(false)).garbage.length, 0);
    const later = await collect(false, Date.now() + 8 * 24 * 3_600_000);
    assert.deepEqual(
      later.garbage.map(({ path }) => path),
      [`shared/${own}/kept/${unknown.sha256}/${unknown.path}`],
    );
    for (const ref of [kept, needed, past, unknown])
      await (await open(other, join(directory, 'fresh'))).read(ref);
    const fresh = await open(db, join(directory, 'fresh-too'));
    for (const ref of [kept, needed]) await fresh.read(ref);
    for (const ref of [past, unknown]) await assert.rejects(fresh.read(ref), ArtifactMissingError);
    assert.deepEqual((await findStoreIds(location)).sort(), [own, readStoreId(other)].sort());
    const stranger = toHome(join(directory, 'stranger'));
    const asked = { role: 'train', home: stranger, artifacts: location, named: undefined } as const;
    await assert.rejects(resolveStoreId(asked), (error: unknown) => {
      assert.ok(error instanceof StoreUnclearError);
      return [own, readStoreId(other)].every((id) => error.message.includes(id));
    });
    assert.equal(await resolveStoreId({ ...asked, named: own }), own);
  });

  test('a host keeps no more copies than it may, those used last', async () => {
    const small = openHost('small', 250);
    const refs: ArtifactRef[] = [];
    for (const fill of [1, 2, 3]) {
      refs.push(await small.write(`copies/${fill}-{sha}`, new Uint8Array(100).fill(fill)));
      if (fill === 2) await small.read(refs[0]!);
    }
    assert.deepEqual(
      cached('small')
        .map((name) => name[0])
        .sort(),
      ['1', '3'],
    );
    assert.equal((await small.read(refs[1]!))[0], 2);
    const reopened = openHost('small', 150);
    await reopened.read(refs[1]!);
    assert.deepEqual(
      cached('small').map((name) => name[0]),
      ['2'],
    );
  });

  test('a refusal says what to correct, an absent server is one to try again', async () => {
    const ref = { path: 'nowhere', sha256: 'a'.repeat(64), bytes: 1 };
    await assert.rejects(openHost('a', 1e9, { bucket: 'another-bucket' }).read(ref), ObjectStoreRefusedError);
    const absent = openBucket({ bucket, endpoint: 'http://127.0.0.1:1' });
    await assert.rejects(absent.get('key', ref), ObjectStoreUnreachableError);
  });

  test('a transfer that stands still fails within the idle timeout, before the answer or in the middle of it', async (t) => {
    const answers = ['', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.'];
    for (const answer of answers) {
      const silent = createServer((socket) => {
        socket.once('data', () => socket.write(answer));
        socket.on('error', () => undefined);
      });
      await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
      t.after(() => silent.close());
      const { port } = silent.address() as AddressInfo;
      const slow = openBucket({ bucket, endpoint: `http://127.0.0.1:${port}`, idleTimeoutMs: 300 });
      const ref = { path: 'x', sha256: 'a'.repeat(64), bytes: 100 };
      await assert.rejects(slow.get('key', ref), ObjectStoreUnreachableError);
      const reason = new Error('cancelled');
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 50);
      await assert.rejects(slow.get('key', ref, controller.signal), reason);
    }
  });

  test('the cost of moving a policy to another worker is printed', async () => {
    await selectBackend({ backend: 'auto', cacheDirectory: defaultCacheDirectory(), threads: 1 });
    console.log('policy: state MB | warm ms | own copy ms | download ms');
    for (const [width, layers] of [
      [64, 4],
      [256, 4],
      [512, 6],
    ] as const) {
      const config: PolicyConfig = {
        ...{ width, layers, heads: 4, keyValueHeads: 4, headWidth: width / 4, feedForwardWidth: 4 * width },
        ...{
          vocabularySize: 64,
          maxPositions: 128,
          ropeTheta: 10_000,
          normEpsilon: 1e-6,
          tiedEmbeddings: true,
        },
        ...{ beginId: null, endId: 1, padId: 0 },
      };
      const policy = createPolicy(config, 1, 0.02);
      const writer = createLivePolicies(openHost('writer'), 2);
      const kept = await writer.keep(
        { policy, moments: createMoments(policy), critic: null },
        (part) => `cost/${width}/${part}-{sha}`,
      );
      const time = async (policies: ReturnType<typeof createLivePolicies>): Promise<string> => {
        const start = performance.now();
        await policies.borrow(kept, config);
        return (performance.now() - start).toFixed(1);
      };
      const warm = await time(writer);
      const download = await time(createLivePolicies(openHost('reader'), 2));
      const copy = await time(createLivePolicies(openHost('reader'), 2));
      const megabytes = (kept.weights.bytes + kept.trainingState!.bytes) / 1e6;
      console.log(
        `width ${width}, ${layers} layers: ${megabytes.toFixed(1)} | ${warm} | ${copy} | ${download}`,
      );
      assert.ok(Number(warm) <= Number(download));
    }
  });
});
