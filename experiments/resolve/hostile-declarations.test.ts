import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { loadExperiment } from './load.ts';
import { resolveExperiment } from './resolve.ts';

function createDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-hostile-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Each list holds the one before nine times: 9^8 items of 300 bytes. */
function createAliasBomb(): string {
  const names = [...'abcdefgh'];
  const lists = names.map((name, i) =>
    i === 0
      ? 'a: &a [x, x]'
      : `${name}: &${name} [${Array(9)
          .fill(`*${names[i - 1]}`)
          .join(', ')}]`,
  );
  return lists.join('\n');
}

test('bombs of aliases, of nesting and of size are refused in little time', async (t) => {
  const directory = createDirectory(t);
  const bombs: readonly (readonly [string, string])[] = [
    ['aliases.yaml', createAliasBomb()],
    ['lists.yaml', '['.repeat(400_000)],
    ['maps.yaml', '{a: '.repeat(200_000)],
    ['dashes.yaml', `${'- '.repeat(20_000)}x`],
    ['indents.yaml', Array.from({ length: 1_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['lists.json', '['.repeat(400_000)],
    ['large.yaml', `name: ${'x'.repeat(1_000_001)}`],
    ['tag.yaml', 'name: !!js/function "function () {}"\n'],
    ['text.yaml', 'only words'],
  ];
  for (const [name, text] of bombs) {
    const path = join(directory, name);
    writeFileSync(path, text);
    const started = process.cpuUsage();
    await assert.rejects(
      async () => resolveExperiment(await loadExperiment(path)),
      (error) => error instanceof InvalidSpecError && error.message.length < 1_000,
      name,
    );
    const { user, system } = process.cpuUsage(started);
    assert.ok((user + system) / 1000 < 3_000, `${name} took ${(user + system) / 1000} ms`);
  }
});

test('names that would lead out of a directory are no names', async (t) => {
  const path = join(createDirectory(t), 'names.yaml');
  const rest = 'question: Why?\ntask: { family: arithmetic }';
  for (const name of ['../../etc', '/etc/passwd', '..', 'a/b', 'a\\b', '.', '-x', 'A']) {
    writeFileSync(path, `name: ${JSON.stringify(name)}\n${rest}`);
    await assert.rejects(async () => resolveExperiment(await loadExperiment(path)), InvalidSpecError, name);
    writeFileSync(path, `name: demo\n${rest}\nconditions: { ${JSON.stringify(name)}: {} }`);
    await assert.rejects(async () => resolveExperiment(await loadExperiment(path)), InvalidSpecError, name);
  }
});

test('keys named like members of every object change nothing', async (t) => {
  const path = join(createDirectory(t), 'prototype.yaml');
  writeFileSync(path, 'name: demo\n__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }');
  await assert.rejects(async () => resolveExperiment(await loadExperiment(path)), InvalidSpecError);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('a problem file that never ends, is too large or holds no problems is refused, and its contents stay out of the message', async (t) => {
  const directory = createDirectory(t);
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  writeFileSync(join(directory, 'large.jsonl'), 'x'.repeat(5_000_001));
  writeFileSync(join(directory, 'private'), 'password: hunter2hunter2hunter2hunter2hunter2\n');
  writeFileSync(join(directory, 'proto.jsonl'), '{"__proto__": {"question": "1+1", "answer": "2"}}\n');
  const path = join(directory, 'demo.yaml');
  for (const file of ['pipe', '/dev/zero', '.', 'absent', 'large.jsonl', 'private', 'proto.jsonl']) {
    writeFileSync(path, `name: demo\nquestion: Why?\ntask: { family: jsonl, file: ${file} }`);
    await assert.rejects(
      loadExperiment(path),
      (error) => error instanceof InvalidSpecError && !error.message.includes('hunter2hunter2'),
      file,
    );
  }
  writeFileSync(path, 'name: demo\n');
  await assert.rejects(loadExperiment('/dev/zero.yaml'), InvalidSpecError);
});

test('a byte order mark at the beginning of a declaration or a problem file is read over', async (t) => {
  const directory = createDirectory(t);
  const rows = '{"question": "1+1", "answer": "2"}\n{"question": "1+2", "answer": "3"}\n';
  writeFileSync(join(directory, 'rows.jsonl'), `\ufeff${rows}`);
  const yaml = 'name: demo\nquestion: Why?\ntask: { family: jsonl, file: rows.jsonl }\n';
  const json = '{"name": "demo", "question": "Why?", "task": {"family": "jsonl", "file": "rows.jsonl"}}';
  for (const [name, text] of [
    ['demo.yaml', yaml],
    ['demo.json', json],
  ] as const) {
    writeFileSync(join(directory, name), `\ufeff${text}`);
    const declared = await loadExperiment(join(directory, name));
    assert.equal(declared['name'], 'demo');
    assert.equal((declared['task'] as { rows: unknown[] }).rows.length, 2);
  }
});
