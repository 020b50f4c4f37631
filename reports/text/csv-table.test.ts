import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvTable } from './csv-table.ts';

test('CSV text that a spreadsheet would run as a formula is disarmed; numbers stay numbers', () => {
  const text = csvTable(
    ['a', 'b'],
    [
      ['=HYPERLINK("http://x")', -1.5],
      ['+1', 2],
      ['  @SUM(A1)', 3],
      ['plain, "quoted"', null],
    ],
  );
  assert.equal(text, `a,b\n"'=HYPERLINK(""http://x"")",-1.5\n'+1,2\n'  @SUM(A1),3\n"plain, ""quoted""",\n`);
});
