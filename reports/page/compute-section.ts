import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { drawSpending, SPENDING_CAPTION } from '../figures/spending-figure.ts';
import { computeTable, trainingRows } from '../tables/compute-table.ts';
import { toHtml } from '../tables/table.ts';
import { html } from './html.ts';
import type { Section } from './result-sections.ts';

/** What training took, by condition, and what each amount of it bought; evaluation stands apart. */
export async function computeSection(input: ComparisonInput, analysis: Analysis): Promise<Section | null> {
  const { compute } = analysis;
  const rows = trainingRows(compute);
  if (rows.length === 0) return null;
  const table = toHtml('Compute per run, mean over the runs of a condition', computeTable(compute), rows);
  const drawn = await drawSpending(input, analysis);
  const figures =
    drawn.length === 0
      ? null
      : html`<div class="figures">${drawn.map(({ figure }) => html`<figure>${figure}</figure>`)}</div>
          <p class="caption">${SPENDING_CAPTION}.</p>`;
  const body = html`
    <p class="lead">
      Counts that every machine gives alike, never time: FLOPs of the matrices and of attention, without
      padding. Labels are problems whose reference a part of the scheme read, summed over the steps; verdicts
      recorded for truth are none. The making of base models and probes are not in here.
    </p>
    ${figures} ${table}
  `;
  return { id: 'compute', title: 'Compute', body };
}
