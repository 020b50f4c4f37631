import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { ComputeRow } from '../tables/compute-table.ts';
import { formatAmount } from '../text/format-number.ts';
import { escapeMarkdown, markdownTable } from '../text/markdown-table.ts';
import { html } from './html.ts';
import { renderTable } from './page-table.ts';
import type { Section } from './result-sections.ts';

type ColumnOfText = readonly [title: string, cell: (row: ComputeRow) => string];

/** FLOPs of training as a whole, of its stages and, apart, of evaluations. */
function listColumns(compute: readonly ComputeRow[]): ColumnOfText[] {
  const flopsOf =
    (...stages: ComputeRow['stage'][]) =>
    ({ condition }: ComputeRow): string => {
      const rows = compute.filter((row) => row.condition === condition && stages.includes(row.stage));
      return formatAmount(rows.reduce((sum, { flops }) => sum + flops, 0));
    };
  return [
    ['sampled tokens', ({ tokens }) => formatAmount(tokens)],
    ['labels', ({ labels }) => formatAmount(labels)],
    ['FLOPs', ({ flops }) => formatAmount(flops)],
    ['to sample', flopsOf('sample')],
    ['to measure and judge', flopsOf('measure', 'judge')],
    ['to update', flopsOf('update')],
    ['evaluation, apart', flopsOf('evaluation')],
    ['runs', ({ runs }) => String(runs)],
  ];
}

const trainingOf = ({ compute }: Analysis): ComputeRow[] =>
  compute.filter(({ stage }) => stage === 'training');

/** The same table for the summary. */
export function computeMarkdown(analysis: Analysis): string[] {
  const rows = trainingOf(analysis);
  if (rows.length === 0) return [];
  const columns = listColumns(analysis.compute);
  return [
    '## Compute per run',
    markdownTable(
      ['condition', ...columns.map(([title]) => title)],
      rows.map((row) => [escapeMarkdown(row.condition), ...columns.map(([, cell]) => cell(row))]),
    ),
  ];
}

/** What training took, by condition; evaluation stands apart. */
export function computeSection(analysis: Analysis): Section | null {
  const rows = trainingOf(analysis);
  if (rows.length === 0) return null;
  const table = renderTable(
    'Compute per run, mean over the runs of a condition',
    [
      { title: 'condition', cell: ({ condition }: ComputeRow) => condition },
      ...listColumns(analysis.compute).map(([title, cell]) => ({ title, kind: 'number' as const, cell })),
    ],
    rows,
  );
  const body = html`
    <p class="lead">
      Counts that every machine gives alike, never time: FLOPs of the matrices and of attention, without
      padding. Labels are problems whose reference a part of the scheme read, summed over the steps; verdicts
      recorded for truth are none. The making of base models and probes are not in here.
    </p>
    ${table}
  `;
  return { id: 'compute', title: 'Compute', body };
}
