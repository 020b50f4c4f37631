import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareWorkflowBundle } from './workflow-bundle.ts';

test('the workflow bundle is built once, from workflows, planning and packages alone', async (t) => {
  const cache = mkdtempSync(join(tmpdir(), 'assay-bundle-'));
  t.after(() => rmSync(cache, { recursive: true }));
  const path = await prepareWorkflowBundle(cache);
  const { ino } = statSync(path);

  assert.equal(await prepareWorkflowBundle(cache), path);
  assert.equal(statSync(path).ino, ino, 'it was written again');

  // What its name does not cover must not be in it.
  const [, encoded] = /sourceMappingURL=data:application\/json;[^,]*base64,(\S+)/.exec(
    readFileSync(path, 'utf8'),
  )!;
  const { sources } = JSON.parse(Buffer.from(encoded!, 'base64').toString()) as { sources: string[] };
  const files = sources.map((source) => source.replace(/^.*?webpack:\/\/[^/]*\/|^webpack:/, ''));
  assert.ok(
    files.some((file) => file.includes('workflows/matrix.ts')),
    files.join('\n'),
  );
  assert.deepEqual(
    files.filter((file) => !/(^|\/)(workflows|config|node_modules|webpack)\//.test(file)),
    [],
  );
});
