import type { Analysis } from '../comparison/analyze-comparison.ts';
import { formatDifference, formatInterval, formatScore } from '../text/format-number.ts';
import { html } from './html.ts';
import { escapeMarkdown, markdownTable } from '../text/markdown-table.ts';
import { renderTable } from './page-table.ts';
import type { Section } from './result-sections.ts';
import type { SaturationRow } from '../tables/saturation-table.ts';

const STATES: Record<SaturationRow['state'], string> = {
  measured: 'measured',
  'never-saturated': 'never saturated',
  'no-later-evaluation': 'not evaluated later',
};

function formatSteps({ earliestStep, latestStep }: SaturationRow): string {
  if (earliestStep === null || latestStep === null) return 'never';
  return earliestStep === latestStep ? String(earliestStep) : `${earliestStep} to ${latestStep}`;
}

function formatGain({ state, gain, low, high }: SaturationRow): string {
  if (gain === null || low === null || high === null) return STATES[state];
  return `${formatDifference(gain)} (${formatInterval({ low, high })})`;
}

const formatDev = (value: number | null): string => (value === null ? '–' : formatScore(value));

/** What conditions on a fixed set of problems gain after solving it; null where none trains on one. */
export function saturationSection({ saturation }: Analysis): Section | null {
  if (saturation.length === 0) return null;
  const table = renderTable(
    'pass@1 on dev from the step on at which 99% of the training rollouts are right; runs: those evaluated then and later',
    [
      { title: 'condition', cell: (row) => row.condition },
      { title: 'problems', kind: 'number', cell: (row) => row.fixedProblems },
      { title: 'saturated', kind: 'number', cell: (row) => `${row.saturatedRuns} of ${row.runs}` },
      { title: 'first step', kind: 'number', cell: formatSteps },
      { title: 'dev then', kind: 'number', cell: (row) => formatDev(row.devAtSaturation) },
      { title: 'dev at the end', kind: 'number', cell: (row) => formatDev(row.devAtEnd) },
      { title: 'gain (95% interval)', kind: 'number', cell: formatGain },
      { title: 'runs', kind: 'number', cell: (row) => row.measuredRuns },
    ],
    saturation,
  );
  const body = html`
    <p class="lead">
      These conditions see the same few problems again and again. What they still gain on other problems once
      their own are solved comes when the reward has next to nothing left to tell apart.
    </p>
    ${table}
    <p class="caption">
      Dev is read at the first evaluation from the saturated step on and at the last one during training. The
      interval covers other base models, seeds and dev problems.
    </p>
  `;
  return { id: 'saturation', title: 'After saturation', body };
}

/** The same for the summary. */
export function saturationMarkdown({ saturation }: Analysis): string[] {
  if (saturation.length === 0) return [];
  return [
    '## Gain after saturation of the training problems',
    markdownTable(
      ['condition', 'train problems', 'saturated runs', 'first step', 'dev then', 'dev at the end', 'gain'],
      saturation.map((row) => [
        escapeMarkdown(row.condition),
        row.fixedProblems,
        `${row.saturatedRuns} of ${row.runs}`,
        formatSteps(row),
        formatDev(row.devAtSaturation),
        formatDev(row.devAtEnd),
        formatGain(row),
      ]),
    ),
  ];
}
