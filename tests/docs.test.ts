import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))].map(
  (name) => (name === 'README.md' ? name : `docs/${name}`),
);
const rules = [...read('eslint.config.js').matchAll(/^ {2}(\w+): \[([^\]]*)\],$/gm)].map(
  ([, room, allowed]) => [room!, [...allowed!.matchAll(/'(\w+)'/g)].map(([, name]) => name!)] as const,
);

test('every link between pages leads to a file', () => {
  for (const page of pages) {
    for (const [, image, target] of read(page).matchAll(/(!?)\[[^\]]*\]\((?!https?:)([^)#]+)/g)) {
      if (image === '!') continue;
      assert.ok(
        existsSync(join(root, page, '..', target!)),
        `${page} links to ${target}, which is not there`,
      );
    }
  }
});

test('the table of rooms is the one that the linter enforces', () => {
  const page = read('docs/architecture.md');
  assert.ok(rules.length > 10);
  for (const [room, allowed] of rules) {
    const cell = new RegExp(`^\\| \`${room}\` \\| ([^|;]*)`, 'm').exec(page)?.[1]?.trim();
    const expected = allowed.length === 0 ? /^nothing/ : new RegExp(`^${allowed.join(', ')}$`);
    assert.match(cell ?? '', expected, `row of ${room}`);
  }
});

test('every error class has a line on what to do about it', () => {
  const page = read('docs/architecture.md');
  const names = rules
    .flatMap(([room]) =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((file) => `${room}/${file}`),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      [...read(file).matchAll(/^export class (\w+Error) extends/gm)].map(([, name]) => name!),
    );
  assert.ok(names.length > 30);
  assert.deepEqual(
    names.filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});

test('the README gives a reason for every dependency and a phrase for every room', () => {
  const page = read('README.md');
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
  const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => !page.includes(`\`${name}\``) && !page.includes(`\`${name.split('/')[1]}\``),
  );
  assert.deepEqual(missing, []);
  for (const [room] of rules) assert.match(page, new RegExp(`^${room}/ +\\S`, 'm'));
});
