import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { acquireEmbeddedServer, type EmbeddedServer } from '../worker/server/embedded-server.ts';
import { toHome } from '../artifacts/home.ts';
import { provideTemporalServer } from '../setup/temporal-server.ts';
import { runAssay } from './support/assay-process.ts';
import { makeCertificates } from './support/certificates.ts';
import { startSecureProxy, type SecureProxy } from './support/secure-proxy.ts';
import { createTemporaryDirectory } from './support/small-matrix.ts';

const matrix = fileURLToPath(new URL('./matrices/two-runs.ts', import.meta.url));
const API_KEY = 'key-of-the-test';
const SECRET = Buffer.alloc(32, 7).toString('base64');

type Json = Record<string, unknown>;

/** What the server or the client library itself must read: names to search by, and when which local activity ended. */
interface ReadableEvent {
  readonly markerRecordedEventAttributes?: { markerName?: string; details?: Json } | null;
}

/** An event in two parts: what is anybody's of its content, and what is readable by design. */
function splitEvent(event: ReadableEvent): { content: unknown; searched: unknown; bookkeeping: unknown } {
  const searched: unknown[] = [];
  const content = Object.fromEntries(
    Object.entries(event).map(([name, value]) => {
      if (value === null || typeof value !== 'object' || !('searchAttributes' in value)) return [name, value];
      const { searchAttributes, ...rest } = value as { searchAttributes?: unknown };
      searched.push(searchAttributes);
      return [name, rest];
    }),
  );
  const marker = event.markerRecordedEventAttributes;
  if (marker?.markerName !== 'core_local_activity') return { content, searched, bookkeeping: null };
  const { data, ...details } = marker.details ?? {};
  content['markerRecordedEventAttributes'] = { ...marker, details };
  return { content, searched, bookkeeping: data };
}

const BOOKKEEPING: ReadonlySet<string> = new Set(
  'seq attempt activity_id activity_type complete_time backoff original_schedule_time'.split(' '),
);

/** Every object within `value` that is a payload: metadata with an encoding. */
function listPayloads(value: unknown): { encoding: string; data: Buffer }[] {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return [];
  const { metadata, data } = value as { metadata?: Json; data?: Uint8Array };
  const encoding = metadata?.['encoding'];
  if (encoding instanceof Uint8Array) {
    return [{ encoding: Buffer.from(encoding).toString(), data: Buffer.from(data ?? []) }];
  }
  return Object.values(value).flatMap(listPayloads);
}

/** Every message of a failure that stands in the clear. */
function listMessages(value: unknown): string[] {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return [];
  const { message, stackTrace } = value as { message?: unknown; stackTrace?: unknown };
  const own = [message, stackTrace].filter((text): text is string => typeof text === 'string' && text !== '');
  return [...own, ...Object.values(value).flatMap(listMessages)];
}

describe('a matrix over TLS with an API key and encrypted payloads', () => {
  let server: EmbeddedServer;
  let proxy: SecureProxy;
  let events: unknown[];
  let run: Awaited<ReturnType<typeof runAssay>>;
  // Before the directory goes, in which the server keeps its file.
  after(async () => {
    proxy.close();
    await server.release();
  });
  const directory = createTemporaryDirectory({ after }, 'assay-encrypted-');

  before(async () => {
    const certificates = makeCertificates(directory);
    const program = await provideTemporalServer({
      cacheDirectory: defaultCacheDirectory(),
      report: console.error,
    });
    server = await acquireEmbeddedServer(toHome(join(directory, 'server')), program);
    proxy = await startSecureProxy({ certificates, upstream: server.address, apiKey: API_KEY });
    // A learning rate that no number survives: the failure's message is to be encrypted too.
    const flags = ['--set', 'training.optimizer.learningRate=1e30', '--train-workers', '1'];
    run = await runAssay(['run', matrix, '--home', join(directory, 'home'), ...flags], {
      ...proxy.environment,
      ASSAY_PAYLOAD_KEYS: `k1:${SECRET}`,
    });
    const connection = await Connection.connect({ address: server.address });
    const client = new Client({ connection });
    events = [];
    for await (const { workflowId, runId } of client.workflow.list()) {
      events.push(...((await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? []));
    }
    await connection.close();
  });

  test('the command and its workers read what they wrote: the failure is told as it happened', () => {
    assert.equal(run.code, 1, run.stderr);
    assert.match(run.stderr, /failed: .*: NonFinite\w+Error: .*The batch of step \d+ is kept/);
    const programs = [...proxy.calls.keys()].sort();
    assert.deepEqual(
      programs,
      ['grpc-node-js', 'tonic'],
      'the command and its workers came through the proxy',
    );
  });

  test('the whole history of every workflow holds no payload and no failure in the clear', () => {
    const parts = events.map((event) => splitEvent(event as ReadableEvent));
    const payloads = parts.flatMap(({ content }) => listPayloads(content));
    assert.ok(payloads.length > 50, `${payloads.length} payloads of ${events.length} events`);
    assert.deepEqual([...new Set(payloads.map(({ encoding }) => encoding))], ['binary/encrypted']);
    for (const { data } of payloads) {
      assert.ok(!/sha256|weights|safetensors|NonFinite|learningRate/.test(data.toString('latin1')));
    }
    const messages = [...new Set(events.flatMap(listMessages))].filter((text) => text !== 'Encoded failure');
    assert.ok(!messages.some((text) => /finite|batch|\.ts:\d/i.test(text)), messages.join('\n'));
    console.log(
      `${payloads.length} payloads of ${events.length} events are encrypted; messages in the clear: ${messages.join('; ')}`,
    );
  });

  test('readable are only the names that workflows are searched by, and which local activity ended when', () => {
    const parts = events.map((event) => splitEvent(event as ReadableEvent));
    const searched = parts.flatMap((part) => listPayloads(part.searched)).map(({ data }) => data.toString());
    assert.ok(searched.length > 0);
    // Identities and fingerprints, and a run's id, which is a part of its workflow's id.
    for (const text of searched)
      assert.match(text, /^"[0-9a-f-]{36}"$|^"[0-9a-f]{64}"$|^"[0-9a-f]{12}\/[^"]+\/base-\d+\/seed-\d+"$/);
    const noted = parts.flatMap(({ bookkeeping }) => listPayloads(bookkeeping));
    assert.ok(noted.length > 0);
    for (const { data } of noted) {
      const keys = Object.keys(JSON.parse(data.toString()) as Json);
      assert.deepEqual(
        keys.filter((key) => !BOOKKEEPING.has(key)),
        [],
      );
    }
  });

  test('neither the key nor the API key is printed, logged or stored', () => {
    assert.ok(![run.stdout, run.stderr].some((text) => text.includes(SECRET) || text.includes(API_KEY)));
  });
});
