import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { UnreadableSourceError } from './unreadable-source-error.ts';
import { deflated, stored, writeZip, zstandard, zstdFrame, type ZippedFile } from './zip.fixture.ts';
import { openZipFile } from './zip-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-zip-'));
let written = 0;

function write(bytes: Buffer): string {
  const path = join(directory, `${(written += 1)}.zip`);
  writeFileSync(path, bytes);
  return path;
}

const writeFiles = (...files: readonly ZippedFile[]): string => write(writeZip(files));

async function readOnly(file: ZippedFile): Promise<string> {
  const zip = await openZipFile(writeFiles(file));
  try {
    return await zip.readText(file.name);
  } finally {
    zip.close();
  }
}

const unreadable = (message: RegExp) => (error: unknown) =>
  error instanceof UnreadableSourceError && message.test(error.message);

test('a file is read whether it is stored, deflated or compressed with zstd', async () => {
  assert.equal(await readOnly(stored('a', 'stored é')), 'stored é');
  assert.equal(await readOnly(deflated('a', 'deflated é'.repeat(1000))), 'deflated é'.repeat(1000));
  assert.equal(await readOnly(zstandard('a', 'zstd é')), 'zstd é');
});

test('a file of several zstd frames is read to its end', async () => {
  assert.equal(await readOnly(zstandard('a', 'one ', 'two ', 'three')), 'one two three');
});

test('an empty file is an empty text', async () => {
  assert.equal(await readOnly(stored('a', '')), '');
  assert.equal(await readOnly(zstandard('a', '')), '');
});

test('files are listed with their sizes and read in any order', async () => {
  const zip = await openZipFile(writeFiles(stored('b/1', 'first'), zstandard('a', 'second')));
  assert.deepEqual(zip.entries, [
    { name: 'b/1', bytes: 5 },
    { name: 'a', bytes: 6 },
  ]);
  assert.equal(await zip.readText('a'), 'second');
  assert.equal(await zip.readText('b/1'), 'first');
  zip.close();
});

test('of two files of one name the later one is read', async () => {
  const zip = await openZipFile(writeFiles(stored('a', 'superseded'), stored('a', 'current')));
  assert.equal(await zip.readText('a'), 'current');
  zip.close();
});

test('a name that the archive lacks is an error that says it', async () => {
  const zip = await openZipFile(writeFiles(stored('__proto__', 'x')));
  assert.equal(await zip.readText('__proto__'), 'x');
  await assert.rejects(zip.readText('constructor'), unreadable(/constructor: the archive has no such entry/));
  zip.close();
});

test('an archive that was cut is refused, wherever the cut is', async () => {
  const whole = writeZip([stored('a', 'text'), deflated('b', 'more text')]);
  for (const length of [4, 20, 60, whole.length - 30, whole.length - 1])
    await assert.rejects(openZipFile(write(whole.subarray(0, length))), unreadable(/no whole zip archive/));
});

test('a file that holds more or less than it says is refused, whatever its compression', async () => {
  const short = { name: 'a', method: 93, data: zstdFrame('abc'), bytes: 4 };
  await assert.rejects(readOnly(short), unreadable(/a: .*damaged/));
  await assert.rejects(readOnly({ ...short, bytes: 2 }), unreadable(/a: .*damaged/));
  await assert.rejects(readOnly({ ...deflated('a', 'abc'), bytes: 4 }), unreadable(/, a: /));
});

test('zstd that ends within a frame, or is none, is refused', async () => {
  const cut = { name: 'a', method: 93, data: zstdFrame('abcdef').subarray(0, 11), bytes: 6 };
  await assert.rejects(readOnly(cut), unreadable(/, a: /));
  await assert.rejects(readOnly({ ...cut, data: Buffer.from('no zstd at all') }), unreadable(/, a: /));
});

test('an unknown compression is refused with its number', async () => {
  await assert.rejects(
    readOnly({ ...stored('a', 'abc'), method: 14 }),
    unreadable(/a: compression method 14, known are 0, 8 and 93/),
  );
});

test('bytes that are no UTF-8 are refused', async () => {
  const data = Buffer.from([0x61, 0xff, 0x62]);
  await assert.rejects(readOnly({ name: 'a', method: 0, data, bytes: 3 }), unreadable(/, a: /));
});

test('a name that leads out of a folder is refused before anything is read', async () => {
  await assert.rejects(
    openZipFile(writeFiles(stored('../../etc/x', 'x'))),
    unreadable(/invalid relative path/),
  );
  await assert.rejects(openZipFile(writeFiles(stored('/etc/x', 'x'))), unreadable(/absolute path/));
});
