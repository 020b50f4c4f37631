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

test('docs/schemes.md has a row for every named scheme, with its source', () => {
  const rows = read('schemes.md').split('\n');
  const missing = schemes
    .filter(
      ({ name, source }) =>
        !rows.some((row) => row.startsWith(`| \`${name}\` | `) && row.includes(` | ${source} | `)),
    )
    .map(({ name, source }) => `docs/schemes.md has no row for ${name} with the source ${source}`);
  assert.deepEqual(missing, []);
});
