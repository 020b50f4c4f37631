import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { runAssay } from '../support/assay-process.ts';
import { createCleanups } from '../support/cleanups.ts';
import { findObjectServer, startObjectServer } from '../support/object-server.ts';
import { assertSameResults, createTemporaryDirectory, smallMatrixCommand } from '../support/small-matrix.ts';

const found = await findObjectServer();
const skip = 'unavailable' in found ? found.unavailable : false;
if (skip !== false) console.log(`skipped: ${skip}`);

const REFUSAL = '<Error><Code>AccessDenied</Code><Message>no right to delete</Message></Error>';

/** Passes everything on to `endpoint` except deletions, as a bucket does whose policy gives no right to them. */
async function startRefusingProxy(endpoint: string): Promise<{ server: Server; endpoint: string }> {
  const { hostname, port } = new URL(endpoint);
  const server = createServer((incoming, answer) => {
    if (incoming.method === 'DELETE') {
      incoming.resume();
      answer.writeHead(403, { 'content-type': 'application/xml' }).end(REFUSAL);
      return;
    }
    // The signature covers the host that the client named, so that it is passed on as it is.
    const { method, url, headers } = incoming;
    const outgoing = request({ hostname, port, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test(
  'a matrix on a bucket that refuses deletion ends as without one, and gc says what it may not delete',
  { skip },
  async (t) => {
    assert.ok('program' in found);
    const cleanups = createCleanups(t);
    const directory = createTemporaryDirectory(t, 'assay-refused-');
    const home = createTemporaryDirectory(t, 'assay-refused-home-');
    const calm = createTemporaryDirectory(t, 'assay-calm-');
    const bucket = 'assay-refused';
    const objects = await startObjectServer({
      program: found.program,
      directory,
      host: '127.0.0.1',
      bucket,
    });
    cleanups.push(() => objects.stop());
    const proxy = await startRefusingProxy(objects.environment.AWS_ENDPOINT_URL_S3);
    cleanups.push(() => proxy.server.close());
    const direct = { ...objects.environment, ASSAY_ARTIFACTS: `s3://${bucket}/kept` };
    const refused = { ...direct, AWS_ENDPOINT_URL_S3: proxy.endpoint };

    const ended = await runAssay(smallMatrixCommand(home), refused);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal((await runAssay(smallMatrixCommand(calm))).code, 0);
    assertSameResults(home, calm);

    const tried = await runAssay(['gc', '--home', home, '--json'], refused);
    assert.equal(tried.code, 1, tried.stderr);
    const { garbage, left } = JSON.parse(tried.stdout) as Record<'garbage' | 'left', { path: string }[]>;
    const inBucket = garbage.filter(({ path }) => path.startsWith('kept/')).map(({ path }) => path);
    assert.ok(inBucket.length > 10, `${inBucket.length} objects are left over`);
    assert.deepEqual(left.map(({ path }) => path).sort(), inBucket.sort());
    assert.match(tried.stderr, /files could not be removed, the first .*no right to delete/);

    const allowed = await runAssay(['gc', '--home', home, '--json'], direct);
    assert.equal(allowed.code, 0, allowed.stderr);
    assert.equal((JSON.parse(allowed.stdout) as { garbage: unknown[] }).garbage.length, garbage.length);
    const checked = await runAssay(['db', 'check', '--home', home], direct);
    assert.equal(checked.code, 0, checked.stdout);
  },
);
