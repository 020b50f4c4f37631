import type { Analysis } from '../comparison/analyze-comparison.ts';
import { formatScore } from '../text/format-number.ts';
import { html } from './html.ts';
import { renderTable } from './page-table.ts';
import type { Section } from './result-sections.ts';

/** How well the confidences that completions state fit what came true; null where no format states one. */
export function calibrationSection({ calibration, reliability }: Analysis): Section | null {
  if (calibration.length === 0) return null;
  const measures = renderTable(
    'Calibration of stated confidences',
    [
      { title: 'condition', cell: (row) => row.condition },
      { title: 'split', cell: (row) => row.split },
      { title: 'measure', cell: (row) => row.metric },
      { title: 'mean', kind: 'number', cell: (row) => formatScore(row.mean) },
      { title: 'lowest run', kind: 'number', cell: (row) => formatScore(row.lowest) },
      { title: 'highest run', kind: 'number', cell: (row) => formatScore(row.highest) },
      { title: 'runs', kind: 'number', cell: (row) => row.runs },
    ],
    calibration,
  );
  const points = renderTable(
    'Reliability: how often answers of each stated confidence were right',
    [
      { title: 'condition', cell: (row) => row.condition },
      { title: 'split', cell: (row) => row.split },
      { title: 'stated', kind: 'number', cell: (row) => formatScore(row.confidence) },
      { title: 'right', kind: 'number', cell: (row) => formatScore(row.accuracy) },
      { title: 'samples', kind: 'number', cell: (row) => row.samples },
    ],
    reliability,
  );
  const body = html`
    <p class="lead">
      Completions state a chance of being right. A calibrated policy is right as often as it says: ece is the
      mean distance of the two over ten bins, brier the mean squared error, auroc the chance that a right
      answer was stated more surely than a wrong one (one half: the statement says nothing).
    </p>
    ${measures}
    <details>
      <summary>Reliability by condition and split</summary>
      ${points}
    </details>
  `;
  return { id: 'calibration', title: 'Calibration', body };
}
