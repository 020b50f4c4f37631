import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { schemeSchema } from '../config/scheme.ts';
import { schemes } from './index.ts';

const page = readFileSync(new URL('../docs/schemes.md', import.meta.url), 'utf8');

for (const { name, source } of schemes) {
  test(`docs/schemes.md has a row for ${name} with its source`, () => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` | `));
    assert.ok(row?.includes(` | ${source} | `), `no row for ${name} with ${source}`);
  });
}

for (const part of ['gates', 'advantage', 'critic', 'reference', 'loss'] as const) {
  test(`docs/schemes.md has the default and the sentence of each field of ${part}`, () => {
    const { properties = {} } = z.toJSONSchema(schemeSchema.shape[part].unwrap(), { io: 'input' });
    for (const [field, schema] of Object.entries(properties)) {
      const { default: value, description } = schema as z.core.JSONSchema.BaseSchema;
      const row = `| \`${field}\` | ${JSON.stringify(value)} | ${description} |`;
      assert.ok(page.includes(`${row}\n`), `docs/schemes.md lacks: ${row}`);
    }
  });
}
