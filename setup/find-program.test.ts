import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { findProgram } from './find-program.ts';

test('a program is found in the first directory that holds it as an executable file', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'assay-find-'));
  const [plain, folder, real] = ['plain', 'folder', 'real'].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [plain, join(folder, 'tool'), real]) mkdirSync(directory, { recursive: true });
  writeFileSync(join(plain, 'tool'), '', { mode: 0o644 });
  writeFileSync(join(real, 'tool'), '', { mode: 0o755 });
  assert.equal(findProgram('tool', [plain, folder, real].join(delimiter)), join(real, 'tool'));
  assert.equal(findProgram('tool', [plain, folder].join(delimiter)), undefined);
});
