import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findTemporalServer, TemporalServerMissingError } from './temporal-server.ts';

function placeProgram(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '', { mode: 0o755 });
  return path;
}

test('a named program comes before the search path, and that before the cache', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'assay-temporal-'));
  const cached = placeProgram(join(scratch, 'cache', 'temporal-1.5.1', 'temporal'));
  const installed = placeProgram(join(scratch, 'bin', 'temporal'));
  const named = placeProgram(join(scratch, 'mine', 'temporal-special'));
  const cacheDirectory = join(scratch, 'cache');
  const find = (environment: NodeJS.ProcessEnv): string | undefined =>
    findTemporalServer(cacheDirectory, { PATH: scratch, ...environment })?.path;
  assert.equal(find({}), cached);
  assert.equal(find({ PATH: dirname(installed) }), installed);
  assert.equal(find({ PATH: dirname(installed), ASSAY_TEMPORAL_CLI: named }), named);
  assert.throws(() => find({ ASSAY_TEMPORAL_CLI: scratch }), TemporalServerMissingError);
  assert.equal(findTemporalServer(scratch, { PATH: scratch }), undefined);
});

test('a half installed server is not found', () => {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'assay-temporal-'));
  placeProgram(join(cacheDirectory, 'temporal-1.5.1.unfinished', 'temporal'));
  assert.equal(findTemporalServer(cacheDirectory, { PATH: '' }), undefined);
});
