import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProblemFile, type ProblemFields } from './problem-rows.ts';

const line = (question: string, answer: string | null = '1') => JSON.stringify({ question, answer });
const named: ProblemFields = { question: 'Problem', answer: 'Key', solution: 'Work' };

function refused(
  text: string,
  message: RegExp,
  { file = 'f.jsonl', fields = undefined as ProblemFields | undefined } = {},
) {
  assert.throws(() => parseProblemFile(text, file, fields), { message });
}

test('JSON Lines are read with blank lines skipped, a byte-order mark taken off and further fields kept', () => {
  const { rows, lines } = parseProblemFile(
    `\uFEFF${line('a')}\n\n{"question":"b","answer":null,"source":"x","metadata":{"k":[1]}}\r\n`,
    'f',
  );
  assert.deepEqual(rows, [
    { question: 'a', answer: '1', metadata: {} },
    { question: 'b', answer: null, source: 'x', metadata: { k: [1] } },
  ]);
  assert.deepEqual(lines, [1, 3]);
});

test('a bad line of JSON is refused with its number and what is wrong', () => {
  refused(`${line('a')}\n{"question":`, /^f\.jsonl, line 2: not JSON/);
  refused(
    `${line('a')}\n\n{"answer":"1"}`,
    /^f\.jsonl, line 3: no field "question"; the nearest is "answer"/,
  );
  refused('{"question":"a","answer":7}', /line 1: answer: .*string/);
  refused('{"question":"a","answer":""}', /line 1: answer: is empty/);
  refused('[1]', /line 1: no JSON object/);
  refused(`${line('a')}\n${line('b')}\n${line('a', '2')}`, /line 3: the question is the same as in line 1/);
  refused('\n', /no problem/);
});

test('a table is read with quoted breaks, a byte-order mark, blanks beside commas, and only the columns named', () => {
  const text = '\uFEFFid,Problem,Key,Work\r\n1,"What is\n""1+1""?", 2,\r\n\r\n2,3+4, 7 ,"3, then 4"\r\n';
  const { rows, lines } = parseProblemFile(text, 'my.csv', named);
  assert.deepEqual(rows, [
    { question: 'What is\n"1+1"?', answer: '2', solution: '', metadata: {} },
    { question: '3+4', answer: '7', solution: '3, then 4', metadata: {} },
  ]);
  assert.deepEqual(lines, [2, 5]);
  assert.equal(parseProblemFile('question\tanswer\n1,5\t2', 'my.tsv').rows[0]!.question, '1,5');
});

test('a bad table is refused with the line and what is wrong', () => {
  const csv = { file: 'my.csv' };
  refused('question,answer\n"1\n1",2\n3\n', /^my\.csv, line 4: Invalid Record Length: expect 2, got 1$/, csv);
  refused('question,answer\n"1+1,2\n', /line \d+: Quote Not Closed/, csv);
  refused('question,answer\n1+1,\n', /line 2: answer: is empty/, csv);
  refused('question,question\n1,2\n', /line 1: two columns are called "question"/, csv);
  refused('question,answer\n', /no problem/, csv);
  refused('', /no row/, csv);
  refused('Probelm,Key\n1,2\n', /line 2: no field "Problem"; the nearest is "Probelm" of Probelm, Key/, {
    ...csv,
    fields: named,
  });
  refused('Problem,Key\n1,\n', /line 2: Key: is empty/, { ...csv, fields: named });
});

test('JSON fields under other names are read, and a field of the usual name that means something else makes way', () => {
  const fields = { ...named, solution: 'rationale' };
  const text = '{"Problem":"1+1","Key":"2","answer":"two","rationale":"1 and 1","n":1}';
  assert.deepEqual(parseProblemFile(text, 'f.jsonl', fields).rows, [
    { question: '1+1', answer: '2', solution: '1 and 1', n: 1, metadata: {} },
  ]);
});
