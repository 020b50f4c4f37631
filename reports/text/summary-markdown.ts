import type { Analysis } from '../comparison/analyze-comparison.ts';
import { boundaryMarkdown } from '../page/boundary-section.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { formatDifference, formatInterval, formatP, formatScore } from './format-number.ts';
import { isDecided, type DecidedRow } from '../tables/verdict-table.ts';
import {
  DECISION_RULE,
  describeEffect,
  describeNeed,
  describeP,
  describeSize,
  describeTest,
} from './verdict-text.ts';
import { escapeMarkdown, markdownTable } from './markdown-table.ts';
import { describeProvenance } from './source-notes.ts';
import { computeMarkdown } from '../page/compute-section.ts';
import { saturationMarkdown } from '../page/saturation-section.ts';
import { strategyMarkdown } from '../page/strategy-section.ts';
import { describeVerdict, headlineRows } from './verdict-sentence.ts';

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

function differenceSection({ differences }: Analysis): string {
  return markdownTable(
    ['condition', 'reference', 'split', 'k', 'difference', '95% interval', 'p', 'Holm p'],
    differences.map((row) => [
      escapeMarkdown(row.condition),
      escapeMarkdown(row.reference),
      row.split,
      row.k,
      formatDifference(row.difference),
      formatInterval(row),
      formatP(row.p),
      formatP(row.holmP),
    ]),
  );
}

/** The summary's opening where the experiment declares hypotheses. */
function claimBlocks({ experiment }: ComparisonInput, { verdicts }: Analysis): string[] {
  if (verdicts.length === 0) return [];
  const rows = verdicts.map((row) => {
    const ifDecided = (describe: (decided: DecidedRow) => string): string =>
      isDecided(row) ? describe(row) : '–';
    return [
      row.hypothesis.claim,
      row.verdict,
      row.hypothesis.reported,
      ifDecided(describeEffect),
      ifDecided(describeP),
      describeTest(row.hypothesis),
      ifDecided(describeSize),
      describeNeed(row),
    ].map(escapeMarkdown);
  });
  const header = [
    'claim',
    'verdict',
    'paper',
    'effect (95% interval)',
    'Holm p',
    'compared',
    'size',
    'what it would take',
  ];
  return [
    '## Verdict per claim',
    ...(experiment.source === null ? [] : [`Source: ${escapeMarkdown(experiment.source)}.`]),
    DECISION_RULE,
    markdownTable(header, rows),
  ];
}

/** The report as Markdown: verdicts, tables, what is missing. */
export function toSummaryMarkdown(input: ComparisonInput, analysis: Analysis): string {
  const { experiment } = input;
  const verdicts = headlineRows(analysis.differences, analysis.splits).map((row) => {
    const { sentence, numbers } = describeVerdict(row);
    return `- **${escapeMarkdown(sentence)}** ${escapeMarkdown(numbers)}`;
  });
  const gaps = analysis.gaps.map((row) => [
    escapeMarkdown(row.condition),
    row.quantity,
    formatDifference(row.value),
    formatInterval(row),
  ]);
  const left = [
    ...analysis.excluded.map(
      ({ run, reason }) =>
        `- run ${run.id} (${run.condition}, base seed ${run.baseSeed}, seed ${run.seed}) ${reason}`,
    ),
    ...analysis.missing.map(
      (gap) => `- ${gap.condition} against ${gap.reference} on ${gap.split}: ${gap.reason}`,
    ),
  ].map((line) => `- ${escapeMarkdown(line.slice(2))}`);
  const sources = describeProvenance(input).map((note) => `- ${escapeMarkdown(note)}`);
  const blocks = [
    `# ${escapeMarkdown(experiment.name)}`,
    escapeMarkdown(experiment.question),
    ...claimBlocks(input, analysis),
    '## Arms compared',
    verdicts.length > 0 ? verdicts.join('\n') : 'No comparison could be made.',
    '## pass@k, mean and 95% interval over base models, seeds and problems',
    ...passAtKSection(analysis),
    '## Differences',
    differenceSection(analysis),
    ...(gaps.length > 0
      ? [
          '## Gap in pass@1, contaminated minus clean',
          markdownTable(['condition', 'quantity', 'value', '95% interval'], gaps),
        ]
      : []),
    ...boundaryMarkdown(analysis),
    ...strategyMarkdown(analysis),
    ...saturationMarkdown(analysis),
    ...computeMarkdown(analysis),
    ...(sources.length > 0 ? ['## Sources', sources.join('\n')] : []),
    ...(left.length > 0 ? ['## Left out', left.join('\n')] : []),
    `Experiment fingerprint \`${experiment.fingerprint}\`.`,
  ];
  return `${blocks.join('\n\n')}\n`;
}
