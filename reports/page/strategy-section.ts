import type { Analysis } from '../comparison/analyze-comparison.ts';
import { assignFormatStyles, drawStrategies } from '../figures/strategy-figure.ts';
import { formatOfMetric } from '../tables/format-shares.ts';
import { strategyTable } from '../tables/strategy-table.ts';
import { toHtml } from '../tables/table.ts';
import { foldLong } from './page-table.ts';
import { html } from './html.ts';
import { drawEach, renderLegend, type Section } from './result-sections.ts';

/** How often each format is used along training, and what switching between them gave; null where there is one format. */
export async function strategySection({ curves, strategies }: Analysis): Promise<Section | null> {
  const styles = assignFormatStyles(curves);
  if (styles.length < 2 && strategies.length === 0) return null;
  const trained = styles.length < 2 ? [] : curves.filter(({ metric }) => formatOfMetric(metric) !== null);
  const figures = await drawEach([...new Set(trained.map(({ condition }) => condition))], (condition) =>
    drawStrategies(condition, curves, styles),
  );
  const caption =
    'Gain in pass@1 over the baseline, by the format of most samples of a problem before and after training';
  const table = foldLong(caption, strategies.length, toHtml(caption, strategyTable, strategies));
  const body = html`
    <p class="lead">
      A reward that says nothing about the answer can still move accuracy, by making a strategy more frequent
      that the base model already had. If so, the gain sits in the problems that changed strategy.
    </p>
    ${
      figures.length === 0
        ? null
        : html`${renderLegend(styles)}
            <div class="figures">${figures}</div>
            <p class="caption">
              Share of each format in the rollouts of a step; bands reach from the lowest to the highest run.
            </p>`
    }
    ${
      strategies.length === 0
        ? null
        : html`${table}
            <p class="caption">
              Gains inside the switches add up to the total gain; a contribution is gain inside / total gain.
              It is undefined where the 95% interval of the total gain includes 0.
            </p>`
    }
  `;
  return { id: 'strategies', title: 'Strategies along training', body };
}
