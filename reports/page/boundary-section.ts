import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { BoundaryRow } from '../tables/boundary-table.ts';
import { formatDifference, formatInterval, formatScore } from '../text/format-number.ts';
import { html, type Markup } from './html.ts';
import { escapeMarkdown, markdownTable } from '../text/markdown-table.ts';
import { renderTable } from './page-table.ts';
import type { Section } from './result-sections.ts';
import type { SolvedSetRow } from '../tables/solved-set-table.ts';

function formatK(k: number): string {
  return Number.isInteger(k) ? String(k) : k.toFixed(1);
}

/** Where the curves cross, in words that keep the typed states apart. */
export function describeCrossing({ state, crossingK, n }: BoundaryRow): string {
  if (state === 'never') return `never within k ≤ ${n}`;
  return state === 'at-start' ? 'not above at k = 1' : `k = ${formatK(crossingK!)}`;
}

/** The interval of the crossing point, an open end spelled out, and how many replicates have no crossing point. */
export function describeCrossingInterval(row: BoundaryRow): string {
  const { crossingLow: low, crossingHigh: high, n, atStartShare, neverShare } = row;
  const end = (k: number | null): string => (k === null ? `beyond ${n}` : formatK(k));
  const range = low === null ? `beyond ${n}` : `${formatK(low)} to ${end(high)}`;
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  return `${range}; never ${percent(neverShare)}, not above at 1 ${percent(atStartShare)}`;
}

function formatGap({ efficiencyGap, gapLow, gapHigh }: BoundaryRow): string {
  return `${formatDifference(efficiencyGap)} (${formatInterval({ low: gapLow, high: gapHigh })})`;
}

function withBelow(value: string, below: string): Markup {
  return html`${value}<br /><span class="numbers">${below}</span>`;
}

function formatSet(count: number, share: number): string {
  return `${formatScore(share)} (${count})`;
}

/** Crossing points, sampling-efficiency gaps and solved sets against the baseline; null without a comparable pair. */
export function boundarySection({ boundaries, solvedSets }: Analysis): Section | null {
  if (boundaries.length === 0) return null;
  const crossings = renderTable(
    'Smallest k at which the baseline is at or above, and the sampling-efficiency gap: its pass@n − pass@1 of the condition',
    [
      { title: 'condition', cell: (row) => row.condition },
      { title: 'split', cell: (row) => row.split },
      {
        title: 'baseline catches up at',
        cell: (row) => withBelow(describeCrossing(row), describeCrossingInterval(row)),
      },
      {
        title: 'efficiency gap',
        kind: 'number',
        cell: (row) =>
          withBelow(
            formatDifference(row.efficiencyGap),
            formatInterval({ low: row.gapLow, high: row.gapHigh }),
          ),
      },
      { title: 'baseline pass@n', kind: 'number', cell: (row) => formatScore(row.referencePassAtN) },
      { title: 'pass@n', kind: 'number', cell: (row) => formatScore(row.conditionPassAtN) },
      { title: 'pass@1', kind: 'number', cell: (row) => formatScore(row.conditionPassAt1) },
      { title: 'n', kind: 'number', cell: (row) => row.n },
      { title: 'runs', kind: 'number', cell: (row) => row.seeds },
    ],
    boundaries,
  );
  const sets = renderTable(
    'Problems solved at least once, summed over runs: share (number)',
    [
      { title: 'condition', cell: (row: SolvedSetRow) => row.condition },
      { title: 'split', cell: (row) => row.split },
      {
        title: 'baseline only',
        kind: 'number',
        cell: (row) => formatSet(row.referenceOnly, row.referenceOnlyShare),
      },
      { title: 'both', kind: 'number', cell: (row) => formatSet(row.both, row.bothShare) },
      {
        title: 'condition only',
        kind: 'number',
        cell: (row) => formatSet(row.conditionOnly, row.conditionOnlyShare),
      },
      { title: 'neither', kind: 'number', cell: (row) => formatSet(row.neither, row.neitherShare) },
    ],
    solvedSets,
  );
  const body = html`
    <p class="lead">
      A scheme that only sharpens is above the baseline at small k, and is caught up with: the baseline can
      already sample what it answers. A scheme that adds something stays above, and solves problems that the
      baseline does not.
    </p>
    ${crossings}
    <p class="caption">
      Only runs that both arms completed, paired by base model and seed. “Never” is a statement about k up to
      n, the number of samples drawn, not about every k; a problem that nobody solved may be solved with more
      samples. Percentages are bootstrap replicates without a crossing point. Curves that both reach 1 meet
      there, whatever they would do on harder problems.
    </p>
    ${sets}
  `;
  return { id: 'boundary', title: 'Capability boundary', body };
}

/** The same for the summary; nothing without a comparable pair. */
export function boundaryMarkdown({ boundaries, solvedSets }: Analysis): string[] {
  if (boundaries.length === 0) return [];
  return [
    '## Capability boundary',
    markdownTable(
      ['condition', 'split', 'baseline catches up at', '95% interval', 'baseline pass@n − pass@1', 'n'],
      boundaries.map((row) => [
        escapeMarkdown(row.condition),
        row.split,
        describeCrossing(row),
        describeCrossingInterval(row),
        formatGap(row),
        row.n,
      ]),
    ),
    markdownTable(
      ['condition', 'split', 'solved by the baseline only', 'both', 'condition only', 'neither'],
      solvedSets.map((row) => [
        escapeMarkdown(row.condition),
        row.split,
        formatSet(row.referenceOnly, row.referenceOnlyShare),
        formatSet(row.both, row.bothShare),
        formatSet(row.conditionOnly, row.conditionOnlyShare),
        formatSet(row.neither, row.neitherShare),
      ]),
    ),
  ];
}
