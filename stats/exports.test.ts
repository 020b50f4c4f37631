import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NEVER_ENTERED = new Set(['node_modules', 'migrations', 'docs', '.git', '.assay']);

/** Texts of all source files by path, without tests, fixtures and declarations. */
function readSources(directory = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(ROOT, directory), { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && !NEVER_ENTERED.has(entry.name))
      for (const [inner, text] of readSources(path)) found.set(inner, text);
    else if (/(?<!\.test|\.fixture|\.d)\.ts$/.test(entry.name))
      found.set(path, readFileSync(join(ROOT, path), 'utf8'));
  }
  return found;
}

test('every function and value that this folder exports is used outside of tests', () => {
  const sources = readSources();
  const unused = [...sources]
    .filter(([path]) => path.startsWith('stats/'))
    .flatMap(([path, text]) =>
      [...text.matchAll(/^export (?:function|const|class) (\w+)/gm)].flatMap(([, name]) => {
        const word = new RegExp(`\\b${name}\\b`, 'g');
        const code = text.replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '');
        const isUsedHere = code.match(word)!.length > 1;
        const importing = new RegExp(`import (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\} from`);
        const isImported = [...sources].some(([other, body]) => other !== path && importing.test(body));
        return isUsedHere || isImported ? [] : [`${path}: ${name}`];
      }),
    );
  assert.deepEqual(unused, []);
});
