import type { Analysis } from '../comparison/analyze-comparison.ts';
import { computeTable, trainingRows } from '../tables/compute-table.ts';
import { toHtml } from '../tables/table.ts';
import { html } from './html.ts';
import type { Section } from './result-sections.ts';

/** What training took, by condition; evaluation stands apart. */
export function computeSection({ compute }: Analysis): Section | null {
  const rows = trainingRows(compute);
  if (rows.length === 0) return null;
  const table = toHtml('Compute per run, mean over the runs of a condition', computeTable(compute), rows);
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
