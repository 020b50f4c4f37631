import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  ArtifactDamagedError,
  ArtifactMissingError,
  type ArtifactStore,
} from '../activities/artifact-store.ts';
import { createLivePolicies } from '../activities/live-policies.ts';
import {
  createObjectArtifactStore,
  ObjectStoreRefusedError,
  ObjectStoreUnreachableError,
} from '../activities/object-artifact-store.ts';
import { recordArtifact } from '../db/artifacts.ts';
import { openExampleStore } from '../db/example-store.ts';
import { createMoments } from '../learning/adamw.ts';
import { selectBackend } from '../model/backend.ts';
import { defaultCacheDirectory } from '../model/cache-directory.ts';
import type { PolicyConfig } from '../model/config.ts';
import { createPolicy } from '../model/policy.ts';
import type { ArtifactRef } from '../spec/plan.ts';
import { openArtifactStore, parseArtifactLocation } from '../worker/artifact-location.ts';
import { checkStore } from '../worker/check-store.ts';
import { toHome } from '../worker/home.ts';
import { findObjectServer, startObjectServer, type ObjectServer } from './object-server.ts';
import { createTemporaryDirectory } from './small-matrix.ts';

const found = await findObjectServer();
const skip = 'unavailable' in found ? found.unavailable : false;
if (skip !== false) console.log(`skipped: ${skip}`);

const bucket = 'assay-artifacts';

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
  const openHost = (host: string, cacheBytes = 1e9, overrides: { bucket?: string } = {}): ArtifactStore =>
    createObjectArtifactStore({
      bucket: overrides.bucket ?? bucket,
      prefix: 'runs/of/may',
      cacheDirectory: join(directory, host),
      cacheBytes,
      endpoint: server.environment.AWS_ENDPOINT_URL_S3,
    });

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
    await client.send(
      new DeleteObjectCommand({ Bucket: bucket, Key: `runs/of/may/${ref.sha256}/${ref.path}` }),
    );
    assert.deepEqual(Buffer.from(await b.read(ref)), Buffer.from(bytes));
    await assert.rejects(openHost('c').read(ref), ArtifactMissingError);
  });

  test('a copy that was damaged on the host is fetched again; an object that was damaged is refused', async () => {
    const ref = await openHost('a').write('x/{sha}', new Uint8Array([1, 2, 3]));
    const b = openHost('b');
    await b.read(ref);
    writeFileSync(join(directory, 'b', ref.path), 'other');
    assert.deepEqual([...(await b.read(ref))], [1, 2, 3]);
    const Key = `runs/of/may/${ref.sha256}/${ref.path}`;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: new Uint8Array([1, 2, 4]) }));
    await assert.rejects(openHost('c').read(ref), ArtifactDamagedError);
  });

  test('`assay db check` finds the object that is gone or changed, whatever copies this host has', async (t) => {
    const home = toHome(createTemporaryDirectory(t, 'assay-check-bucket-'));
    const setting = `s3://${bucket}/runs/of/may`;
    const location = parseArtifactLocation(setting, home);
    const store = await openArtifactStore(location, home.artifacts);
    const db = openExampleStore(home.database);
    t.after(() => db.$client.close());
    const refs = await Promise.all(['a', 'b', 'c'].map((name) => store.write(name, Buffer.from(name))));
    for (const ref of refs) recordArtifact(db, 'evaluation-rollouts', ref);
    const whole = await checkStore(home, location);
    assert.deepEqual([whole.faults, whole.artifacts.files, whole.unrecorded], [[], 3, null]);
    const [gone, changed] = refs.map((ref) => `runs/of/may/${ref.sha256}/${ref.path}`);
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
    const absent = createObjectArtifactStore({
      bucket,
      prefix: '',
      cacheDirectory: join(directory, 'z'),
      cacheBytes: 1,
      endpoint: 'http://127.0.0.1:1',
    });
    await assert.rejects(absent.read(ref), ObjectStoreUnreachableError);
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
