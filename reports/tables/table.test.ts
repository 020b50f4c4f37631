import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatP, formatScore } from '../text/format-number.ts';
import { toCsv, toHtml, toMarkdown, type Table } from './table.ts';

interface Row {
  readonly arm: string;
  readonly runs: number;
  readonly score: number | null;
  readonly p: number;
}

const table: Table<Row> = {
  file: 'example.csv',
  columns: [
    { name: 'arm', title: 'condition', cell: ({ arm }) => arm },
    { name: 'full_score', cell: ({ score }) => score },
    {
      title: 'score',
      summary: 'mean score',
      kind: 'number',
      cell: ({ score }) => score,
      format: formatScore,
      below: ({ runs }) => `<${runs} runs>`,
    },
    { summary: 'counted', cell: ({ runs }) => `${runs} runs` },
    { name: 'p', title: 'p', kind: 'number', cell: ({ p }) => p, format: formatP },
    { name: 'runs', title: 'runs', summary: null, cell: ({ runs }) => runs },
    { name: 'is_many', cell: ({ runs }) => runs > 2 },
  ],
};
const rows: Row[] = [
  { arm: 'grpo', runs: 3, score: -0.25, p: 0.04 },
  { arm: '=1+1|<b>"x"\n# y', runs: 1, score: null, p: 0.0001 },
];

const flat = (markup: string): string => markup.replace(/\s+/g, ' ').replace(/> </g, '><');

test('the file has the named columns in order, numbers in full, absent ones empty, formulas disarmed', () => {
  assert.equal(
    toCsv(table, rows),
    `arm,full_score,p,runs,is_many\ngrpo,-0.25,0.04,3,true\n"'=1+1|<b>""x""\n# y",,0.0001,1,false\n`,
  );
});

test('the page has the titled columns in order, numbers as they are shown, text escaped', () => {
  const page = flat(toHtml('About <arms>', table, rows).markup);
  assert.match(page, /<caption> About &lt;arms&gt; <\/caption>/);
  assert.deepEqual(
    [...page.matchAll(/<th scope="col" class="(\w*)">(.*?)<\/th>/g)].map(([, kind, title]) => [title, kind]),
    [
      ['condition', ''],
      ['score', 'number'],
      ['p', 'number'],
      ['runs', ''],
    ],
  );
  assert.ok(
    page.includes(
      '<th scope="row" class="">grpo</th><td class="number">−0.250<br /><span class="numbers">&lt;3 runs&gt;</span></td><td class="number">0.040</td><td class="">3</td>',
    ),
  );
  assert.ok(
    page.includes(
      '<th scope="row" class="">=1+1|&lt;b&gt;&quot;x&quot; # y</th><td class="number">–<br /><span class="numbers">&lt;1 runs&gt;</span></td><td class="number">&lt; 0.001</td>',
    ),
  );
});

test('the summary has its own heads, one line per row, text escaped and what is made of numbers as it is', () => {
  assert.equal(
    toMarkdown(table, rows),
    [
      '| condition | mean score | counted | p |',
      '| --- | --- | --- | --- |',
      '| grpo | −0.250 | 3 runs | 0.040 |',
      '| =1+1\\|\\<b\\>"x" \\# y | – | 1 runs | < 0.001 |',
    ].join('\n'),
  );
});

test('without rows there are heads alone', () => {
  assert.equal(toCsv(table, []), 'arm,full_score,p,runs,is_many\n');
  assert.equal(toMarkdown(table, []).split('\n').length, 2);
  assert.doesNotMatch(toHtml('', table, []).markup, /<td/);
});
