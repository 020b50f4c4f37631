import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrapText } from './wrap-text.ts';

const words = 'one two three four five six seven eight nine ten';

test('what goes on in another line is indented by four more than the line itself', () => {
  assert.equal(
    wrapText(`  ${words} eleven twelve thirteen`, 40),
    '  one two three four five six seven\n      eight nine ten eleven twelve\n      thirteen',
  );
  assert.equal(wrapText('short\n  as well', 40), 'short\n  as well');
});

test('a path without a space stays in one piece', () => {
  const path = `  /${'a'.repeat(60)}`;
  assert.equal(wrapText(path, 40), path);
  assert.equal(wrapText(`report: /${'a'.repeat(60)}`, 40), `report:\n    /${'a'.repeat(60)}`);
});

test('documents and what goes to no terminal stay as they are', () => {
  assert.equal(wrapText(`{"a": "${words}"}`, 40), `{"a": "${words}"}`);
  assert.equal(wrapText(`${words} ${words}`, undefined), `${words} ${words}`);
});
