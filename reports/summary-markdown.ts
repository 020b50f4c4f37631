import type { Analysis } from './analyze-comparison.ts';
import type { ComparisonInput } from './comparison-input.ts';
import { formatDifference, formatInterval, formatP, formatScore } from './format-number.ts';
import { describeVerdict, headlineRows } from './verdict-sentence.ts';

/** Text in a Markdown line or table cell, so that names and failures cannot open markup. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}

function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

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
      table(
        ['condition', ...ks.map((k) => `k = ${k}`)],
        conditions.map((condition) => [escapeMarkdown(condition), ...ks.map((k) => cell(condition, k))]),
      ),
    ];
  });
}

function differenceSection({ differences }: Analysis): string {
  return table(
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
      ({ run, reason }) => `- run ${run.id} (${run.condition}, seed ${run.seed}) ${reason}`,
    ),
    ...analysis.missing.map(
      (gap) => `- ${gap.condition} against ${gap.reference} on ${gap.split}: ${gap.reason}`,
    ),
  ].map((line) => `- ${escapeMarkdown(line.slice(2))}`);
  const blocks = [
    `# ${escapeMarkdown(experiment.name)}`,
    escapeMarkdown(experiment.question),
    '## Verdicts',
    verdicts.length > 0 ? verdicts.join('\n') : 'No comparison could be made.',
    '## pass@k, mean and 95% interval over seeds and problems',
    ...passAtKSection(analysis),
    '## Differences',
    differenceSection(analysis),
    ...(gaps.length > 0
      ? [
          '## Gap in pass@1, contaminated minus clean',
          table(['condition', 'quantity', 'value', '95% interval'], gaps),
        ]
      : []),
    ...(left.length > 0 ? ['## Left out', left.join('\n')] : []),
    `Experiment fingerprint \`${experiment.fingerprint}\`.`,
  ];
  return `${blocks.join('\n\n')}\n`;
}
