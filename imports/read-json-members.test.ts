import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parsePythonJson } from './parse-python-json.ts';
import { readJsonMembers } from './read-json-members.ts';
import { UnreadableSourceError } from './unreadable-source-error.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-json-'));
let written = 0;

async function collect(text: string, list = 'list'): Promise<[string, number | null, unknown][]> {
  const path = join(directory, `${(written += 1)}.json`);
  writeFileSync(path, text);
  const members: [string, number | null, unknown][] = [];
  for await (const { key, index, text: member } of readJsonMembers({ path }, list))
    members.push([key, index, parsePythonJson(member)]);
  return members;
}

const unreadable = (message: RegExp) => (error: unknown) =>
  error instanceof UnreadableSourceError && message.test(error.message);

test('members come whole, those of the list one by one, in the order of the text', async () => {
  const text = JSON.stringify({ a: { b: [1, { c: 2 }] }, list: [1, [2, { d: 3 }], 'x'], z: 'end' }, null, 2);
  assert.deepEqual(await collect(text), [
    ['a', null, { b: [1, { c: 2 }] }],
    ['list', 0, 1],
    ['list', 1, [2, { d: 3 }]],
    ['list', 2, 'x'],
    ['z', null, 'end'],
  ]);
});

test('a list of the same name further within, an empty one, and one that is no list are not taken apart', async () => {
  assert.deepEqual(await collect('{"a": {"list": [1, 2]}, "list": []}'), [['a', null, { list: [1, 2] }]]);
  assert.deepEqual(await collect('{"list": {"0": [1]}}'), [['list', null, { 0: [1] }]]);
  assert.deepEqual(await collect('{}'), []);
});

test('brackets, commas and quotation marks within strings and names are text', async () => {
  const odd = '}],{[\\"" , \\';
  const text = JSON.stringify({ [odd]: odd, list: [odd, { [odd]: odd }] });
  assert.deepEqual(await collect(text), [
    [odd, null, odd],
    ['list', 0, odd],
    ['list', 1, { [odd]: odd }],
  ]);
});

test('a name that is written with escapes is the same name', async () => {
  assert.deepEqual(await collect('{"l\\u0069st": [1]}'), [['list', 0, 1]]);
});

test('text that is read in many pieces is cut as if it came at once, wherever an escape falls', async () => {
  const items = Array.from({ length: 40 }, (_, i) => '\\"'.repeat(60_000 + i) + '}');
  const members = await collect(JSON.stringify({ list: items }));
  assert.equal(members.length, 40);
  assert.equal(
    members.every(([, index, value]) => value === items[index!]),
    true,
  );
});

test('a text that was cut is refused wherever the cut is, and the message names the item', async () => {
  const whole = '{"a": {"b": 1}, "list": [{"c": "x"}, {"c": "y"}]}';
  for (let length = 0; length < whole.length; length += 1)
    await assert.rejects(collect(whole.slice(0, length)), UnreadableSourceError, whole.slice(0, length));
  await assert.rejects(
    collect(whole.slice(0, -6)),
    unreadable(/ends within item 2 of its `list`: the file was cut/),
  );
});

test('a list, several objects, or more after the object is refused', async () => {
  for (const text of ['[1]', '{"a": 1}\n{"a": 2}', '{} x', '{}}', 'x{}', '{"a" 1}', '"a"'])
    await assert.rejects(collect(text), UnreadableSourceError, text);
});

test("Python's constants become null, text of the same letters stays", () => {
  const text = '{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN, \\"Infinity\\"", "NaN": 1}';
  assert.deepEqual(parsePythonJson(text), { a: null, b: [null, null], c: 'NaN, "Infinity"', NaN: 1 });
  assert.throws(() => parsePythonJson('{"a": NaN'), SyntaxError);
  assert.throws(() => parsePythonJson('{"a": nan}'), SyntaxError);
});

test('a name such as __proto__ is a name like any other', async () => {
  const [member] = await collect('{"list": [{"__proto__": {"polluted": true}}]}');
  assert.equal(Object.hasOwn(member![2] as object, '__proto__'), true);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});
