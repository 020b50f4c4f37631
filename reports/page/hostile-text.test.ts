import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { writeReport } from '../write-report.ts';

/** Leaves an element, an attribute in either quotes, a comment, a style sheet, a Markdown cell and a CSV cell. */
const HOSTILE =
  '=1+1|"\'></title></style></td></svg>--><script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">[x](javascript:alert(4))\n# heading\n| cell | cell |';

/** The same rows with hostile text wherever a file, a model or a machine may put text. */
function poison(input: ComparisonInput): ComparisonInput {
  return {
    ...input,
    experiment: { ...input.experiment, question: HOSTILE, source: HOSTILE },
    conditions: input.conditions.map((condition, i) => ({
      ...condition,
      schemeName: HOSTILE,
      settings: { [HOSTILE]: `${i}${HOSTILE}` },
    })),
    baseModels: input.baseModels.map((base) => ({
      ...base,
      name: HOSTILE,
      leak: { problems: 1, occurrences: 1 },
      details: { [HOSTILE]: HOSTILE },
    })),
    runs: input.runs.map((run, i) => ({
      ...run,
      ...(i === 0 ? { status: 'failed', failure: HOSTILE } : {}),
      provenance: { [HOSTILE]: HOSTILE },
    })),
    evaluations: input.evaluations.map((row) => ({
      ...row,
      correctAnswer: HOSTILE,
      answers: { [HOSTILE]: row.c, '': row.n - row.c },
      formats: { [HOSTILE]: { n: row.n - 1, c: 0 }, plain: { n: 1, c: row.c > 0 ? 1 : 0 } },
    })),
    finalSamples: input.finalSamples.map((sample) => ({
      ...sample,
      prompt: HOSTILE,
      answer: HOSTILE,
      completion: HOSTILE,
    })),
    rollouts: input.rollouts.map((rollout) => ({
      ...rollout,
      prompt: HOSTILE,
      answer: HOSTILE,
      completion: HOSTILE,
      tokens: rollout.tokens?.map((token) => ({ ...token, text: HOSTILE })) ?? null,
    })),
  };
}

test('hostile text in every field opens no markup in page or summary and no formula in tables', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-hostile-'));
  t.after(() => rmSync(directory, { recursive: true }));
  await writeReport(poison(simulateComparison({ seeds: 2, problems: 6, samples: 4, steps: 2 })), directory);
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  const page = read('report.html');
  assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
  const section = (id: string): string => page.split(`<section id="${id}"`)[1]!.split('</section>')[0]!;
  for (const id of ['problems', 'rollouts', 'settings'])
    assert.ok(section(id).includes('&lt;script&gt;'), id);
  assert.doesNotMatch(page, /<script|<img|<a [^>]*href=["']?javascript/i);
  for (const [tag] of page.matchAll(/<[a-z][^>]*>/g))
    assert.doesNotMatch(tag.replace(/"[^"]*"/g, '""'), /\son\w+=/);
  for (const closing of ['</title>', '</html>', '</body>'])
    assert.equal(page.split(closing).length, 2, `${closing} once`);
  const summary = read('summary.md');
  assert.doesNotMatch(summary, /(?<!\\)<script|(?<!\\)<img|(?<!\\)\[x(?<!\\)\]\(|^# heading/m);
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.csv')))
    assert.doesNotMatch(read(name), /(^|,|\n)"?=/, name);
});
