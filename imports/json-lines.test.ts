import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countLines } from './count-lines.ts';
import { temporarySource } from './formats/formats.fixture.ts';
import { peekRow, readFirstRows, readJsonLines, type NumberedRow } from './json-lines.ts';

async function readAll(path: string): Promise<NumberedRow[]> {
  const rows: NumberedRow[] = [];
  for await (const row of readJsonLines({ path })) rows.push(row);
  return rows;
}

test('rows have the numbers of their lines, blank lines count but are none', async (t) => {
  const path = temporarySource(t, '\uFEFF{"a":1}\r\n\n{"a":NaN,"b":"NaN"}');
  assert.deepEqual(await readAll(path), [
    { number: 1, row: { a: 1 } },
    { number: 3, row: { a: null, b: 'NaN' } },
  ]);
});

test('a line that is no object is refused where it stands, and only the last was cut', async (t) => {
  const found: [string, RegExp][] = [
    ['{"a":1}\n{"a":\n{"a":1}\n', /, line 2: found "\{\\"a\\":", expected one JSON object a line$/],
    ['{"a":1}\n[1]\n', /, line 2: found "\[1\]", expected one JSON object a line$/],
    ['{"a":1}\n<html>', /, line 2: found "<html>", expected/],
    ['{"a":1}\n{"a":"é', /, line 2: the last line breaks off: the file was probably cut; get a whole copy/],
  ];
  for (const [text, message] of found) await assert.rejects(readAll(temporarySource(t, text)), message);
});

test('the first rows are read without the damaged ones behind them', async (t) => {
  const path = temporarySource(t, '{"a":1}\n{"a":2}\n{"a');
  assert.deepEqual(await readFirstRows({ path }, 2), [{ a: 1 }, { a: 2 }]);
});

test('the first row is told from the start of a text only when it is there as a whole', () => {
  assert.deepEqual(peekRow('\n {"a":1}\n{"b'), { a: 1 });
  for (const head of ['{"a":1', '[{"a":1}]', '', 'a,b']) assert.equal(peekRow(head), null);
});

test('lines are counted with a last one that has no end', async (t) => {
  const found: [string, number][] = [
    ['a\nb\n', 2],
    ['a\nb', 2],
    ['a', 1],
  ];
  for (const [text, lines] of found)
    assert.equal(await countLines({ path: temporarySource(t, text) }), lines);
});
