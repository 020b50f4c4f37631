import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { taskNames, taskOptionsSchema } from './index.ts';

const page = readFileSync(new URL('../docs/tasks.md', import.meta.url), 'utf8');

for (const name of taskNames) {
  test(`docs/tasks.md gives every option of ${name} its sentence`, () => {
    const section = page.split('\n## ').find((part) => part.startsWith(`Options of \`${name}\``));
    assert.ok(section !== undefined, `no section 'Options of \`${name}\`'`);
    const { properties = {} } = z.toJSONSchema(taskOptionsSchema(name), { io: 'input' });
    for (const [field, schema] of Object.entries(properties)) {
      const sentence = typeof schema === 'object' ? schema.description : undefined;
      assert.ok(sentence !== undefined, `${name}.${field} has no sentence`);
      assert.ok(
        section.includes(`| \`${field}\` | ${sentence} |`),
        `docs/tasks.md lacks: | \`${field}\` | ${sentence} |`,
      );
    }
  });
}
