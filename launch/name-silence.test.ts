import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { measureFree, nameSilence } from './name-silence.ts';

const silence = { type: 'TemporalUnavailable', message: 'the server does not answer' };

test('a silent server on a full disk is told as a full disk, with what is left and where', () => {
  assert.deepEqual(nameSilence(silence, '/home/me/.assay/assay.db', 12_800), {
    type: 'DiskFullError',
    message: 'no space left where /home/me/.assay/assay.db is kept (12 kB); free some',
  });
});

test('with space left, or where the file system does not say, the silence itself is told', () => {
  assert.equal(nameSilence(silence, '/home/me/.assay/assay.db', 2 ** 30), silence);
  assert.equal(nameSilence(silence, join(tmpdir(), 'no', 'such', 'folder', 'assay.db')), silence);
});

test('free space is measured where the file lies', () => {
  assert.ok(measureFree(join(tmpdir(), 'assay.db'))! > 0);
  assert.equal(measureFree(join(tmpdir(), 'no', 'such', 'folder', 'assay.db')), null);
});
