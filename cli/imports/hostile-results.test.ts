import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { main } from '../main.ts';

/** Leaves an element, an attribute, a Markdown cell and a CSV cell, clears a terminal, and turns and breaks lines. */
const HOSTILE =
  '=1+1|"\'></title></style><script>alert(1)</script><img src=x onerror=alert(2)>[x](javascript:alert(3))\u001b[2J\u001b]0;mine\u0007\u202eevil\u2028\r\n# heading\nsupported: all is well';

/** Two arms on six problems; one problem fails in one arm, and one is missing in it. */
function writeHostile(directory: string): string {
  const path = join(directory, '<script>alert(4)</script>|\u202e\u001b[31m.jsonl'.replaceAll('/', '∕'));
  const lines = [0, 1].flatMap((arm) =>
    Array.from({ length: 6 }, (_, i) => ({
      arm: `${arm}${HOSTILE}`,
      problem: `${i}${HOSTILE}`,
      prompt: `${i}${HOSTILE}`,
      completion: `${HOSTILE}${i}`,
      answer: HOSTILE,
      target: HOSTILE,
      cluster: `${i % 3}${HOSTILE}`,
      ...(i === 5 && arm === 1 ? { error: HOSTILE } : { correct: (i + arm) % 2 }),
    })).slice(0, 6 - (1 - arm)),
  );
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'));
  return path;
}

interface Told {
  readonly code: number;
  /** Of stdout. */
  readonly out: string;
  /** All that was printed. */
  readonly text: string;
}

async function run(t: TestContext, ...args: string[]): Promise<Told> {
  const log = t.mock.method(console, 'log', () => undefined);
  const error = t.mock.method(console, 'error', () => undefined);
  const code = await main(['node', 'assay', ...args]);
  const [out, talk] = [log, error].map(({ mock }) =>
    mock.calls.map((call) => (call.arguments as unknown[]).join(' ')).join('\n'),
  ) as [string, string];
  t.mock.restoreAll();
  return { code, out, text: `${out}\n${talk}` };
}

function assertPrintable({ text }: Told): void {
  assert.doesNotMatch(
    text,
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029\u2066-\u2069]/,
  );
}

test('hostile text of results opens no markup, no formula and no terminal', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-hostile-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const home = ['--home', join(directory, 'home')];
  const file = writeHostile(directory);
  const report = join(directory, 'report');
  const told = await run(t, 'compare', file, '--output', report, ...home);
  assert.ok([0, 10, 11, 12].includes(told.code), told.text);
  for (const more of [['--json'], ['--markdown'], ['--same'], ['--plan']])
    assertPrintable(await run(t, 'compare', file, ...more, ...home));
  for (const listed of [
    ['import', 'ls'],
    ['import', 'ls', '--json'],
    ['compare', file, '--baseline', HOSTILE],
  ])
    assertPrintable(await run(t, ...listed, ...home));
  assertPrintable(told);
  assert.doesNotMatch(told.text, /^supported: all is well|^# heading/m, 'a name forges no line');
  const markdown = await run(t, 'compare', file, '--markdown', ...home);
  assert.doesNotMatch(markdown.out, /(?<!\\)<script|(?<!\\)<img|(?<!\\)\[x(?<!\\)\]\(|^# heading/m);
  const table = markdown.out.split('\n').filter((line) => line.startsWith('| '));
  const cells = new Set(table.map((line) => line.split(/(?<!\\)\|/).length));
  assert.equal(cells.size, 1, 'no cell is opened');
  const read = (name: string): string => readFileSync(join(report, name), 'utf8');
  const page = read('report.html');
  assert.ok(page.includes('&lt;script&gt;alert(1)'));
  assert.ok(page.includes('&lt;script&gt;alert(4)'));
  assert.doesNotMatch(page, /<script|<img|<a [^>]*href=["']?javascript/i);
  for (const [tag] of page.matchAll(/<[a-z][^>]*>/g))
    assert.doesNotMatch(tag.replace(/"[^"]*"/g, '""'), /\son\w+=/);
  assert.equal(page.split('</title>').length, 2);
  assert.doesNotMatch(read('summary.md'), /(?<!\\)<script|(?<!\\)<img|^# heading/m);
  for (const name of readdirSync(report).filter((one) => one.endsWith('.csv')))
    assert.doesNotMatch(read(name), /(^|,|\n)"?=/, name);
});
