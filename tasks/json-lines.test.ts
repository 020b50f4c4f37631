import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonLinesError, listTexts, parseJsonLine, readTextField } from './json-lines.ts';

const at = (text: string) => ({ source: 'set.jsonl', line: 3, text });

test('a field of a line is its text', () => {
  assert.equal(readTextField(at('{"question": "1+1?", "answer": "2"}'), 'question'), '1+1?');
});

test('what is missing or no JSON is named with file and line', () => {
  assert.throws(() => parseJsonLine(at('{"question"')), /^JsonLinesError: set.jsonl, line 3: not JSON \(/);
  assert.throws(
    () => readTextField(at('{"prompt": "x", "n": 1}'), 'question'),
    /line 3: expected an object with text in "question", found an object with prompt, n/,
  );
  for (const text of ['null', '"x"', '[1]', '{"question": 5}'])
    assert.throws(() => readTextField(at(text), 'question'), JsonLinesError);
});

test('the texts of a value are all of them, however deep, without keys', () => {
  assert.deepEqual(listTexts({ a: 'x', b: [{ c: 'y' }, 1, null, 'z'] }), ['x', 'y', 'z']);
});
