import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { openTask } from '../tasks/index.ts';
import { openSource, sourceNames, sourceOptionsSchema } from './index.ts';

const page = readFileSync(new URL('../docs/substrates.md', import.meta.url), 'utf8');

for (const name of sourceNames) {
  const source = openSource(name);

  test(`docs/substrates.md has a row for source ${name} and one for each of its options`, () => {
    assert.match(source.description, /\.$/);
    assert.ok(page.includes(`| \`${name}\` | ${source.description} |`), `no row: ${source.description}`);
    const { properties = {} } = z.toJSONSchema(sourceOptionsSchema(name), { io: 'input' });
    const defaults = sourceOptionsSchema(name).parse({}) as Record<string, unknown>;
    for (const [field, schema] of Object.entries(properties)) {
      const sentence = typeof schema === 'object' ? schema.description : undefined;
      const option = `| \`${name}\` | \`${field}\` | \`${JSON.stringify(defaults[field])}\` | ${sentence} |`;
      assert.ok(page.includes(option), `docs/substrates.md lacks: ${option}`);
    }
  });

  test(`a document of source ${name} depends on its draw alone, and stays within the tasks' characters`, () => {
    const task = openTask('arithmetic');
    const tasks = [task, ...source.tasks];
    const alphabet = new Set(tasks.map((each) => each.alphabet).join(''));
    const write = (index: number): string =>
      source.write(
        { task, tasks, seed: 1 },
        { generator: createGenerator(deriveStream(1, 'test'), index), index, turn: () => index },
      );
    const texts = Array.from({ length: 50 }, (_, index) => write(index));
    assert.ok(new Set(texts).size > 10);
    for (const [index, text] of [...texts.entries()].reverse()) {
      assert.equal(write(index), text);
      for (const character of text) assert.ok(alphabet.has(character), `${character} of ${text}`);
    }
  });

  test(`what source ${name} teaches are problems of a task that its base knows`, () => {
    if (source.lesson === null) return;
    const { split, problems } = source.lesson;
    const tasks = [openTask('arithmetic'), ...source.tasks];
    const owner = tasks.find(({ splits }) => splits.includes(split))!;
    assert.ok(owner.problem(split, 0, problems - 1).prompt.length > 0);
  });
}
