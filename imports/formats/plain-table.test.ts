import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSourceFile } from '../source-file.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { readSource, temporarySource } from './formats.fixture.ts';
import { plainTable } from './plain-table.ts';

const unreadable = (message: RegExp) => (error: unknown) =>
  error instanceof UnreadableSourceError && message.test(error.message);

for (const [name, delimiter] of [
  ['commas', ','],
  ['semicolons', ';'],
  ['tabs', '\t'],
] as const)
  test(`a table of ${name} is read, quoted delimiters and line ends included`, async (t) => {
    const rows = [
      ['problem', '"prompt"', 'correct', 'tokens'],
      ['q1', '"Is it\n""a,b;c\td""?"', 'yes', '12'],
      ['q2', 'No', '0', ''],
    ];
    const path = temporarySource(t, '\uFEFF' + rows.map((row) => row.join(delimiter)).join('\r\n') + '\r\n');
    assert.equal(plainTable.recognizes(await openSourceFile(path)), true);
    const { samples } = await readSource(plainTable, path);
    assert.deepEqual(
      samples.map(({ problemId, prompt, outcome, tokens }) => [problemId, prompt, outcome, tokens]),
      [
        ['q1', 'Is it\n"a,b;c\td"?', { kind: 'scored', score: 1 }, 12],
        ['q2', 'No', { kind: 'scored', score: 0 }, null],
      ],
    );
  });

test('an empty cell without a reason is a failure and not a zero', async (t) => {
  const text = 'problem,score,error\na,,out of memory\nb,,\nc,nan,\nd,0,ignored\n';
  const { samples } = await readSource(plainTable, temporarySource(t, text));
  assert.deepEqual(
    samples.map(({ outcome }) => outcome),
    [
      { kind: 'failed', reason: 'out of memory' },
      { kind: 'failed', reason: 'no score' },
      { kind: 'failed', reason: 'no score' },
      { kind: 'scored', score: 0 },
    ],
  );
});

test('columns that nothing reads are named, so that a mistyped one is seen', async (t) => {
  const path = temporarySource(t, 'problem,correct,tokns\na,1,5\n');
  const { header } = await readSource(plainTable, path);
  assert.deepEqual(header.notices, ['columns that were not read: "tokns"']);
});

test('rows that are cut or too short, and quotation marks that are not closed, are refused', async (t) => {
  const refused: [string, RegExp][] = [
    ['problem,correct,tokens\na,1,5\nb,0\n', /line 3: no whole row: .*expect 3, got 2/],
    ['problem,correct\na,1\n"b,0\nc,1\n', /no whole row: Quote Not Closed/],
    ['problem,correct\na,1\nb"c"d,x\n', /line 3: /],
    ['problem,correct,correct\na,1,1\n', /the column "correct" stands twice/],
    ['problem,correct\na,1\nb,2\n', /line 3: the column "correct" holds "2"/],
    ['a,b\n1,2\n', /found the columns "a", "b"/],
  ];
  for (const [text, message] of refused)
    await assert.rejects(readSource(plainTable, temporarySource(t, text)), unreadable(message), text);
});

test('names that JavaScript gives a meaning are names as any other', async (t) => {
  const text = 'problem,score,__proto__,constructor\na,1,x,y\n';
  const { samples } = await readSource(plainTable, temporarySource(t, text), {
    fields: { arm: 'constructor' },
  });
  assert.equal(samples[0]!.arm, 'y');
});

test('a header of delimited names is recognised, prose and markup are not', async (t) => {
  const recognizes = async (text: string): Promise<boolean> =>
    plainTable.recognizes(await openSourceFile(temporarySource(t, text)));
  assert.equal(await recognizes('problem,correct\n'), true);
  assert.equal(await recognizes('problem\tcorrect'), true);
  assert.equal(await recognizes('[1,2]'), false);
  assert.equal(await recognizes('<html lang="a,b">'), false);
  assert.equal(await recognizes('One word'), false);
});
