import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { rewardNames, rewardOptionsSchema } from './index.ts';

const page = readFileSync(new URL('../../docs/rewards.md', import.meta.url), 'utf8');

for (const name of rewardNames) {
  test(`docs/rewards.md has a row for ${name} and a sentence for each of its options`, () => {
    assert.ok(page.includes(`\n| \`${name}\` | `), `no row for ${name}`);
    const { properties = {} } = z.toJSONSchema(rewardOptionsSchema(name), { io: 'input' });
    for (const [field, schema] of Object.entries(properties)) {
      const sentence = typeof schema === 'object' ? schema.description : undefined;
      assert.ok(sentence !== undefined, `${name}.${field} has no sentence`);
      const row = `| \`${name}\` | \`${field}\` | ${sentence} |`;
      assert.ok(page.includes(row), `docs/rewards.md lacks: ${row}`);
    }
  });
}
