import type { Analysis } from '../comparison/analyze-comparison.ts';
import { drawGainParts, gainPartStyles } from '../figures/gain-part-figure.ts';
import { gainPartTable } from '../tables/gain-part-table.ts';
import { toHtml } from '../tables/table.ts';
import { html } from './html.ts';
import { drawEach, renderLegend, type Section } from './result-sections.ts';

/** Eliciting, sharpening and teaching told apart; null where no arm stands beside the untrained base. */
export async function gainPartSection({ gainParts }: Analysis): Promise<Section | null> {
  if (gainParts.length === 0) return null;
  const splits = [...new Set(gainParts.map(({ split }) => split))];
  const figures = await drawEach(splits, (split) => drawGainParts(split, gainParts));
  const lacksTemperature = gainParts.some(({ temperature }) => temperature === null);
  const table = toHtml(
    'Parts of the gain in pass@1 over the untrained base, with 95% intervals',
    gainPartTable,
    gainParts,
  );
  const body = html`
    <p class="lead">
      An arm may write another format more often (eliciting), do within a format what a lower temperature does
      as well (sharpening), or do what neither gives. Only that rest is taught.
    </p>
    ${renderLegend(gainPartStyles(gainParts))}
    <div class="figures">${figures}</div>
    <p class="caption">
      Bars: the parts, stacked from 0 to either side; thin lines: the 95% interval of each, from where its
      part begins. Dot and thick line below a bar: the whole gain. A rest below 0 means that the base at its
      best temperature, chosen on dev, gets more within the formats than training gave.
    </p>
    ${
      lacksTemperature
        ? html`<p class="caption">
            Without the control base-best-temperature, sharpening and teaching cannot be told apart: what is
            not share stays one part.
          </p>`
        : null
    }
    <details>
      <summary>The numbers</summary>
      ${table}
      <p class="caption">
        Accuracies in a format are of samples forced to begin so where the base, and the base at its best
        temperature, were asked with the probe given-format; else of the samples that chose the format, which
        may be the easier problems. “Base unknown”: share of the arm’s samples in formats of which no accuracy
        of the base is known; they never count as taught.
      </p>
    </details>
  `;
  return { id: 'gain-parts', title: 'What each gain is made of', body };
}
