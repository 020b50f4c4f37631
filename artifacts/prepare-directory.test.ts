import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DirectoryUnusableError, prepareDirectory } from './prepare-directory.ts';

function createDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-prepare-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('a directory is made with those above it, and nothing else is left in it', (t) => {
  const path = join(createDirectory(t), 'a', 'b');
  prepareDirectory(path, '--home');
  prepareDirectory(path, '--home');
  assert.deepEqual(readdirSync(path), []);
});

test('a file in the place of a directory, or above it, is named', (t) => {
  const file = join(createDirectory(t), 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')])
    assert.throws(
      () => prepareDirectory(path, '--home (ASSAY_HOME)'),
      (error) =>
        error instanceof DirectoryUnusableError &&
        error.message ===
          `--home (ASSAY_HOME) is ${path}, where nothing can be kept: a part of the path is a file; expected a directory of your own`,
    );
});

test(
  'a file system that takes no directories is refused in no time',
  { skip: existsSync('/proc/self') ? false : 'there is no /proc' },
  () => {
    const begun = Date.now();
    for (const path of ['/proc', '/proc/assay/home'])
      assert.throws(() => prepareDirectory(path, '--artifacts'), DirectoryUnusableError);
    assert.ok(Date.now() - begun < 1000);
  },
);
