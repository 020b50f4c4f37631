import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { boundaryTable } from '../tables/boundary-table.ts';
import { computeTable, trainingRows } from '../tables/compute-table.ts';
import { differenceTable, shownDifferences } from '../tables/difference-table.ts';
import { gainPartTable } from '../tables/gain-part-table.ts';
import { gapTable } from '../tables/gap-table.ts';
import { rankingTable } from '../tables/ranking-table.ts';
import { solvedSetTable } from '../tables/solved-set-table.ts';
import { strategyTable } from '../tables/strategy-table.ts';
import { toMarkdown, type Table } from '../tables/table.ts';
import { checkTable } from '../verdicts/check-table.ts';
import { verdictTable } from '../verdicts/verdict-columns.ts';
import { CHECK_RULE } from './check-text.ts';
import { formatScore } from './format-number.ts';
import { lockFacts } from './lock-text.ts';
import { escapeMarkdown, markdownTable } from './markdown-table.ts';
import { listReasons, REASON_TITLE } from './reason-text.ts';
import { describeProvenance } from './source-notes.ts';
import { ANSWER_TITLE, notesFor } from './answer-notes.ts';
import { listLeftOut } from './left-out.ts';
import { describeUnverified } from './unverified-text.ts';
import { LOOK_RULE } from './verdict-text.ts';

/** By split, a column for each k that was evaluated. */
function passAtKSection({ passAtK, splits }: Analysis): string[] {
  return splits.flatMap((split) => {
    const rows = passAtK.filter((row) => row.split === split);
    const ks = [...new Set(rows.map(({ k }) => k))];
    const conditions = [...new Set(rows.map(({ condition }) => condition))];
    const cell = (condition: string, k: number): string => {
      const row = rows.find((candidate) => candidate.condition === condition && candidate.k === k);
      return row === undefined
        ? 'undefined'
        : `${formatScore(row.mean)} (${formatScore(row.low)}–${formatScore(row.high)})`;
    };
    return [
      `### pass@k on ${escapeMarkdown(split)}`,
      markdownTable(
        ['condition', ...ks.map((k) => `k = ${k}`)],
        conditions.map((condition) => [escapeMarkdown(condition), ...ks.map((k) => cell(condition, k))]),
      ),
    ];
  });
}

/** A table under its heading; nothing where it has no row. */
function tableBlocks<Row>(heading: string, table: Table<Row>, rows: readonly Row[]): string[] {
  return rows.length === 0 ? [] : [heading, toMarkdown(table, rows)];
}

function lockBlocks(lock: ComparisonInput['lock']): string[] {
  const facts = lockFacts(lock).flatMap(([name, lines]) =>
    lines.map((line) => `- ${name}: ${escapeMarkdown(line)}`),
  );
  return ['### Lock', facts.join('\n')];
}

/** The summary's opening where the experiment declares hypotheses. */
function claimBlocks(input: ComparisonInput, { verdicts, checks }: Analysis): string[] {
  const { experiment, lock, imported } = input;
  if (verdicts.length === 0 && checks.length === 0) return [];
  const reasons = listReasons(experiment.hypotheses, experiment.checks).map(
    ({ of, reason }) => `- ${escapeMarkdown(`${of}: ${reason}`)}`,
  );
  return [
    '## Verdict per claim',
    ...(experiment.source === null ? [] : [`Source: ${escapeMarkdown(experiment.source)}.`]),
    notesFor(input).rule,
    ...(lock?.lock.looks === undefined ? [] : [LOOK_RULE]),
    toMarkdown(verdictTable, verdicts),
    ...(checks.length === 0 ? [] : ['### Checks', CHECK_RULE, toMarkdown(checkTable, checks)]),
    ...(reasons.length === 0 ? [] : [`### ${REASON_TITLE}`, reasons.join('\n')]),
    ...(imported === undefined ? lockBlocks(lock) : []),
  ];
}

/** A warning and its lines; nothing where there is nothing to warn of. */
function warn(head: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? []
    : [`**${head}**`, lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n')];
}

function noticeBlocks({ unverified, runs, imported }: ComparisonInput): string[] {
  const notice = describeUnverified(unverified, runs);
  return [
    ...(notice === null ? [] : warn(notice.head, notice.arms)),
    ...warn('What to know of the files', imported?.notices ?? []),
  ];
}

/** The report as Markdown: verdicts, tables, what is missing. */
export function toSummaryMarkdown(input: ComparisonInput, analysis: Analysis): string {
  const { experiment } = input;
  const notes = notesFor(input);
  const left = listLeftOut(analysis).map((line) => `- ${escapeMarkdown(line)}`);
  const sources = describeProvenance(input).map((note) => `- ${escapeMarkdown(note)}`);
  const blocks = [
    `# ${escapeMarkdown(experiment.name)}`,
    escapeMarkdown(experiment.question),
    ...noticeBlocks(input),
    `## ${ANSWER_TITLE}`,
    analysis.answer.map((line) => `- ${escapeMarkdown(line)}`).join('\n'),
    ...(analysis.ranking.length === 0 ? [] : [toMarkdown(rankingTable, analysis.ranking), notes.ranking]),
    ...claimBlocks(input, analysis),
    `## pass@k, mean and 95% interval over ${notes.units}`,
    ...passAtKSection(analysis),
    ...tableBlocks('## What each gain is made of', gainPartTable, analysis.gainParts),
    '## Differences',
    toMarkdown(differenceTable, shownDifferences(analysis.differences)),
    notes.p,
    ...tableBlocks('## Gap in pass@1, contaminated minus clean', gapTable(analysis.gaps), analysis.gaps),
    ...tableBlocks('## Capability boundary', boundaryTable, analysis.boundaries),
    ...(analysis.boundaries.length > 0 ? [toMarkdown(solvedSetTable, analysis.solvedSets)] : []),
    ...tableBlocks('## Gain by switch of strategy', strategyTable, analysis.strategies),
    ...analysis.plain.flatMap((table) => (table.rows === 0 ? [] : [table.heading, table.toMarkdown()])),
    ...tableBlocks('## Compute per run', computeTable(analysis.compute), trainingRows(analysis.compute)),
    ...(sources.length > 0 ? ['## Sources', sources.join('\n')] : []),
    ...(left.length > 0 ? ['## Left out', left.join('\n')] : []),
    `Experiment fingerprint \`${experiment.fingerprint}\`.`,
  ];
  return `${blocks.join('\n\n')}\n`;
}
