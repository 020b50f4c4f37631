import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Constraint } from '../../config/constraint.ts';
import { analyzeComparison, assertConsistent } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import type { Markup } from '../page/html.ts';
import { countNoun } from './count-noun.ts';
import { toCsvFiles } from './csv-files.ts';
import { keepTables } from './kept-tables.ts';
import { literatureMarkdown } from './literature-text.ts';
import { escapeMarkdown, markdownTable } from './markdown-table.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { toStandaloneSvg } from '../figures/standalone-figure.ts';
import { toSummaryMarkdown } from './summary-markdown.ts';
import { drawSpending, SPENDING_CAPTION } from '../figures/spending-figure.ts';
import { drawVerdicts, VERDICT_CAPTION } from '../figures/verdict-figure.ts';

/** What a kept result says about its making; the page is otherwise a function of the rows. */
export interface ClaimRunFacts {
  /** The command that repeats it. */
  readonly command: string;
  /** Time during which at least one of the runs was under way. */
  readonly wallSeconds: number;
  /** Runs whose rows another experiment's run provides. */
  readonly reusedRuns: number;
  /** What the literature says of it. */
  readonly literature: readonly Constraint[];
}

function describeMachine({ runs }: ComparisonInput): string {
  const keys = { device: 'device', backend: 'backend', platform: 'host.platform', node: 'versions.node' };
  const facts = Object.entries(keys).flatMap(([name, key]) => {
    const values = [...new Set(runs.flatMap(({ provenance }) => provenance[key] ?? []))].sort();
    return values.length === 0 ? [] : [`${name} ${values.join(' and ')}`];
  });
  return facts.join(', ') || 'not recorded';
}

function factTable(input: ComparisonInput, facts: ClaimRunFacts): string {
  const { runs, conditions, experiment } = input;
  const bases = new Set(runs.map(({ baseSeed }) => baseSeed)).size;
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const completed = runs.filter(({ status }) => status === 'completed').length;
  const minutes = (facts.wallSeconds / 60).toFixed(1);
  return markdownTable(
    ['what', ''],
    [
      ['command', `\`${facts.command}\``],
      [
        'matrix',
        `${countNoun(conditions.length, 'condition')} × ${countNoun(bases, 'base seed')} × ${countNoun(seeds, 'RL seed')}`,
      ],
      ['runs completed', `${completed} of ${runs.length}, ${facts.reusedRuns} shared with other claims`],
      ['wall time', `${minutes} min with at least one of its runs under way`],
      ['machine', escapeMarkdown(describeMachine(input))],
      ['fingerprint', `\`${experiment.fingerprint}\``],
    ],
  );
}

const PAGE = 'README.md';

/** What was written, and what to read of it first. */
export interface WrittenPage {
  /** The answer to the claim's question, a sentence each. */
  readonly answer: readonly string[];
  /** Path of the page, beside which its tables and figures lie. */
  readonly page: string;
}

/** The figures of one kind as image files. */
function named(
  kind: string,
  caption: string,
  figures: readonly { readonly unit: string; readonly figure: Markup }[],
): { readonly name: string; readonly caption: string; readonly text: string }[] {
  return figures.map(({ unit, figure }) => ({
    name: `${kind}-${unit}.svg`,
    caption,
    text: toStandaloneSvg(figure),
  }));
}

/**
 * Writes a claim's result as it is kept in docs/results: README.md (what was run, verdicts, figures, tables), the CSV
 * tables and the figures as SVG.
 *
 * @throws {IncomparableError}
 */
export async function writeClaimPage(
  comparison: ComparisonInput,
  facts: ClaimRunFacts,
  directory: string,
): Promise<WrittenPage> {
  assertConsistent(comparison);
  const input = sortComparison(comparison);
  const analysis = analyzeComparison(input);
  const drawn = [
    ...named('verdicts', VERDICT_CAPTION, await drawVerdicts(analysis.verdicts)),
    ...named('spending', SPENDING_CAPTION, await drawSpending(input, analysis)),
  ];
  const [title, question, ...rest] = toSummaryMarkdown(input, analysis).split('\n\n');
  const images = drawn.map(({ name, caption }) => `![${caption}](${name})`);
  const files = new Map<string, string | Uint8Array>([
    [
      PAGE,
      [
        title,
        question,
        factTable(input, facts),
        ...literatureMarkdown(facts.literature),
        ...images,
        ...rest,
      ].join('\n\n'),
    ],
    ...drawn.map(({ name, text }) => [name, text] as const),
    ...keepTables(toCsvFiles(input, analysis)),
  ]);
  await mkdir(directory, { recursive: true });
  for (const [name, text] of files) await writeFile(join(directory, name), text);
  return { answer: analysis.answer, page: join(directory, PAGE) };
}
