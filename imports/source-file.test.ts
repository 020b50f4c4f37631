import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openSourceFile, readChunks, readLines, type SourceLine } from './source-file.ts';
import { UnreadableSourceError } from './unreadable-source-error.ts';
import { stored, writeZip, zstdFrame } from './zip.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-source-'));
let written = 0;

function write(content: string | Uint8Array): string {
  const path = join(directory, `${(written += 1)}`);
  writeFileSync(path, content);
  return path;
}

async function collectLines(path: string): Promise<SourceLine[]> {
  const lines: SourceLine[] = [];
  for await (const line of readLines({ path })) lines.push(line);
  return lines;
}

async function collectText(path: string): Promise<string> {
  let text = '';
  for await (const chunk of readChunks({ path })) text += chunk;
  return text;
}

const unreadable = (message: RegExp) => (error: unknown) =>
  error instanceof UnreadableSourceError && message.test(error.message);

test('lines are numbered from 1, blank ones are counted and left out', async () => {
  assert.deepEqual(await collectLines(write('a\n\n  \nb\r\nc')), [
    { number: 1, text: 'a' },
    { number: 4, text: 'b\r' },
    { number: 5, text: 'c' },
  ]);
});

test('gzip and zstd are undone, of several frames too', async () => {
  const text = 'first ü\nsecond\n';
  assert.equal(await collectText(write(gzipSync(text))), text);
  assert.equal(await collectText(write(zstdFrame(text))), text);
  const frames = Buffer.concat([zstdFrame('first ü\n'), zstdFrame('second\n')]);
  assert.equal(await collectText(write(frames)), text);
  assert.equal((await collectLines(write(gzipSync(text)))).at(-1)?.text, 'second');
});

test('compressed text that was cut is refused', async () => {
  const gzip = gzipSync('some text that goes on and on '.repeat(20));
  await assert.rejects(collectText(write(gzip.subarray(0, gzip.length - 12))), unreadable(/cannot be read/));
  const zstd = zstdFrame('some text that goes on');
  await assert.rejects(collectText(write(zstd.subarray(0, zstd.length - 5))), unreadable(/cannot be read/));
});

test('a byte order mark is no part of the first line, nor of the head', async () => {
  const path = write('\uFEFF{"a": 1}\n{"a": 2}');
  assert.deepEqual(await collectLines(path), [
    { number: 1, text: '{"a": 1}' },
    { number: 2, text: '{"a": 2}' },
  ]);
  assert.equal((await openSourceFile(path)).head, '{"a": 1}\n{"a": 2}');
  assert.deepEqual(await collectLines(write('\uFEFFonly')), [{ number: 1, text: 'only' }]);
});

test('a line that is longer than what is read at once is one line, also where a letter of two bytes is cut', async () => {
  const long = 'x' + 'é'.repeat(2_000_000);
  const lines = await collectLines(write(`a\n${long}\nb\n`));
  assert.deepEqual(
    lines.map(({ number, text }) => [number, text.length]),
    [
      [1, 1],
      [2, 2_000_001],
      [3, 1],
    ],
  );
  assert.equal(lines[1]?.text === long, true);
});

test('bytes that are no UTF-8 are refused with their line, and so is a text that ends within a letter', async () => {
  const latin = Buffer.concat([Buffer.from('ä\nb\nx'), Buffer.from([0xff]), Buffer.from('y\nz')]);
  await assert.rejects(
    collectText(write(latin)),
    unreadable(/line 3: it cannot be read as text: expected UTF-8/),
  );
  await assert.rejects(
    collectText(write(Buffer.from([0x61, 0xff, 0x62]))),
    unreadable(/line 1: it cannot be read/),
  );
  const cut = Buffer.from('a\nbc数').subarray(0, -1);
  for (const bytes of [cut, gzipSync(cut)])
    await assert.rejects(
      collectText(write(bytes)),
      unreadable(/line 2: it ends within a letter: .*probably cut/),
    );
});

test('the container is told by the first bytes', async () => {
  const zip = await openSourceFile(write(writeZip([stored('a/b.json', '{}')])));
  assert.equal(zip.container, 'zip');
  assert.deepEqual(zip.entries, [{ name: 'a/b.json', bytes: 2 }]);
  assert.equal((await openSourceFile(write('PAR1....'))).container, 'parquet');
  const text = await openSourceFile(write(gzipSync('x'.repeat(70_000))));
  assert.equal(text.container, 'text');
  assert.equal(text.head.length, 65_536);
});

test('an empty file is refused, and a missing one is told', async () => {
  await assert.rejects(openSourceFile(write('')), unreadable(/the file is empty/));
  await assert.rejects(openSourceFile(join(directory, 'missing')), { code: 'ENOENT' });
});
