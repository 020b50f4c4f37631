import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { openTask } from '../tasks/index.ts';
import { openProbe, probeNames, probeOptionsSchema } from './index.ts';

const page = readFileSync(new URL('../docs/probes.md', import.meta.url), 'utf8');
const setting = { task: openTask('arithmetic'), layers: 2 };

for (const name of probeNames) {
  const probe = openProbe(name);

  test(`docs/probes.md has a row for ${name} with its source and a sentence for each of its options`, () => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` | `));
    assert.ok(row?.includes(probe.source), `no row for ${name} that names ${probe.source}`);
    const { properties = {}, required = [] } = z.toJSONSchema(probeOptionsSchema(name), { io: 'input' });
    for (const [field, schema] of Object.entries(properties)) {
      const sentence = typeof schema === 'object' ? schema.description : undefined;
      assert.ok(sentence !== undefined, `${name}.${field} has no sentence`);
      const without = required.includes(field) ? 'required' : 'absent';
      const found = Object.hasOwn(probe.options, field) ? JSON.stringify(probe.options[field]) : without;
      const option = `| \`${name}\` | \`${field}\` | \`${found}\` | ${sentence} |`;
      assert.ok(page.includes(option), `docs/probes.md lacks: ${option}`);
    }
  });

  test(`docs/probes.md names every metric of ${name}`, () => {
    const section = page.split('\n## ').find((part) => part.startsWith('Metrics'))!;
    for (const metric of probe.metrics(setting)) {
      // Numbers that count layers or percentages stand as one example each.
      const general = metric.name.replace(/_\d+$/, '_');
      assert.ok(
        new RegExp(`^\\| \`${name}\` \\| [^|]*\`${general}`, 'm').test(section),
        `docs/probes.md, metrics of ${name}: lacks ${metric.name}`,
      );
    }
  });
}
