import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { schemes } from './named/index.ts';
import { toPartsPage } from './parts-page.ts';

const read = (page: string): string => readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8');

test('docs/parts.md is what the parts declare', () => {
  assert.equal(
    read('parts.md').trimEnd(),
    toPartsPage().trimEnd(),
    'regenerate it: npm run --silent assay -- parts --markdown > docs/parts.md',
  );
});

for (const { name, source } of schemes) {
  test(`docs/schemes.md has a row for ${name} with its source`, () => {
    const row = read('schemes.md')
      .split('\n')
      .find((line) => line.startsWith(`| \`${name}\` | `));
    assert.ok(row?.includes(` | ${source} | `), `no row for ${name} with ${source}`);
  });
}
