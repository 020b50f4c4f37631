import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { ConditionStyle } from '../figures/condition-style.ts';
import { differenceTable, shownDifferences } from '../tables/difference-table.ts';
import { gapTable } from '../tables/gap-table.ts';
import { toHtml } from '../tables/table.ts';
import { drawForest, forestDomain } from '../figures/forest-figure.ts';
import { formatScore } from '../text/format-number.ts';
import { drawGaps } from '../figures/gap-figure.ts';
import { html, type Markup } from './html.ts';
import { choosePanels, drawLearningCurve } from '../figures/learning-curve-figure.ts';
import { drawPassAtK, type PassAtKPanel } from '../figures/pass-at-k-figure.ts';
import { referenceFor } from '../comparison/plan-comparisons.ts';
import { foldLong, renderTable } from './page-table.ts';
import type { ReportNotes } from '../text/answer-notes.ts';

/** A titled part of the page; `id` is its anchor. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

/** Names of the conditions beside the stroke they are drawn with. */
export function renderLegend(styles: readonly ConditionStyle[]): Markup {
  return html`<ul class="legend">
    ${styles.map(
      ({ condition, color, dash }) =>
        html`<li>
          <svg viewBox="0 0 26 10" aria-hidden="true">
            <line
              x1="1"
              y1="5"
              x2="25"
              y2="5"
              stroke="${color}"
              stroke-width="2.5"
              stroke-dasharray="${dash.join(' ')}"
            /></svg
          >${condition}
        </li>`,
    )}
  </ul>`;
}

/** The figures of `items`, in order. */
export async function drawEach<Item>(
  items: readonly Item[],
  draw: (item: Item) => Promise<Markup>,
): Promise<Markup[]> {
  const drawn: Markup[] = [];
  // One after the other: the plotting library counts its ids globally.
  for (const item of items) drawn.push(html`<figure>${await draw(item)}</figure>`);
  return drawn;
}

/** A panel for each arm but the baselines; for these alone where there is nothing else. */
function planPanels(styles: readonly ConditionStyle[], baseline: string): PassAtKPanel[] {
  const names = new Set(styles.map(({ condition }) => condition));
  const panels = [...names].map((condition) => ({
    condition,
    reference: referenceFor(condition, baseline, names),
  }));
  const references = new Set(panels.map(({ reference }) => reference));
  const arms = panels.filter(({ condition }) => !references.has(condition));
  return arms.length === 0 ? panels : arms;
}

/** Figures, and a table with a column for each k that was evaluated. */
export async function passAtKSection(
  { passAtK, splits, scoreName }: Analysis,
  styles: readonly ConditionStyle[],
  { baseline, notes }: { readonly baseline: string; readonly notes: ReportNotes },
): Promise<Section | null> {
  if (passAtK.every(({ k }) => k === 1) && scoreName !== 'pass@1') return null;
  const panels = planPanels(styles, baseline);
  const figures = await drawEach(splits, (split) => drawPassAtK(split, { rows: passAtK, panels }, styles));
  const ks = [...new Set(passAtK.map(({ k }) => k))];
  const cells = new Map(passAtK.map((row) => [JSON.stringify([row.condition, row.split, row.k]), row]));
  const arms = splits.flatMap((split) =>
    styles
      .filter(({ condition }) => passAtK.some((row) => row.condition === condition && row.split === split))
      .map(({ condition }) => ({ condition, split })),
  );
  const table = renderTable(
    'pass@k: mean, and 95% interval over seeds and problems',
    [
      { title: 'condition', cell: ({ condition }) => condition },
      { title: 'split', cell: ({ split }) => split },
      ...ks.map((k) => ({
        title: `k = ${k}`,
        kind: 'number' as const,
        cell: (arm: { condition: string; split: string }) => {
          const row = cells.get(JSON.stringify([arm.condition, arm.split, k]));
          if (row === undefined) return 'undefined';
          return html`${formatScore(row.mean)}<br /><span class="numbers"
              >${formatScore(row.low)}–${formatScore(row.high)}</span
            >`;
        },
      })),
    ],
    arms,
  );
  const body = html`
    <p class="lead">
      The chance that one of k samples is correct. Curves that cross mean that a scheme sharpens what the base
      could already do, rather than adding to it.
    </p>
    <div class="figures">${figures}</div>
    <p class="caption">
      Grey in each panel: ${baseline}. Bands are 95% intervals over ${notes.units}. k is on a logarithmic
      axis.
    </p>
    <details>
      <summary>The numbers</summary>
      ${table}
    </details>
  `;
  return { id: 'pass-at-k', title: 'pass@k', body };
}

export async function learningSection(
  { curves }: Analysis,
  styles: readonly ConditionStyle[],
): Promise<Section | null> {
  const panels = choosePanels(curves);
  if (panels.length === 0) return null;
  const figures = await drawEach(panels, (panel) => drawLearningCurve(panel, curves, styles));
  const body = html`
    <p class="lead">
      Reward is what the scheme gave; accuracy is what was true. Where reward rises and accuracy does not, the
      scheme is being gamed.
    </p>
    <div class="figures">${figures}</div>
    <p class="caption">
      Lines are means over seeds. The bar beside a name reaches from the lowest to the highest seed at the
      last step, for pass@1 on dev over its 95% interval; learning-curves.csv has both for every step.
    </p>
  `;
  return { id: 'learning', title: 'Learning curves', body };
}

/** The pairs on the split that the report leads with, the figures of the other splits, and all rows. */
export async function differenceSection(
  { differences, splits, scoreName }: Analysis,
  styles: readonly ConditionStyle[],
  notes: ReportNotes,
): Promise<Section | null> {
  if (differences.length === 0) return null;
  const toBaseline = differences.filter(({ kind, k }) => kind === 'baseline' && k === 1);
  const domain = forestDomain(toBaseline);
  const others = splits.slice(1).filter((split) => toBaseline.some((row) => row.split === split));
  const figures = await drawEach(others, (split) =>
    drawForest({ split, k: 1, scoreName, domain }, toBaseline, styles),
  );
  const shown = shownDifferences(differences);
  const leading = shown.filter(({ split, k }) => split === splits[0] && k === 1);
  const hidden = differences.length - shown.length;
  const caption = `Pairs of arms, ${scoreName} on ${splits[0]!}`;
  const body = html`
    <p class="lead">${notes.lead}</p>
    ${foldLong(caption, leading.length, toHtml(caption, differenceTable, leading))}
    <p class="caption">
      ${notes.p}${hidden === 0 ? '' : ` ${hidden} pairs between schemes are in differences.csv alone.`}
    </p>
    <div class="figures">${figures}</div>
    <p class="caption">Dot: estimate. Bar: 95% interval.${notes.ticks} The vertical line is no difference.</p>
    <details>
      <summary>${shown.length === 1 ? 'The comparison' : `All ${shown.length} comparisons`}</summary>
      ${toHtml('All comparisons; Holm over the rows with the same k', differenceTable, shown)}
    </details>
  `;
  return { id: 'differences', title: 'Differences between arms', body };
}

export async function gapSection(
  { gaps, scoreName }: Analysis,
  styles: readonly ConditionStyle[],
): Promise<Section | null> {
  if (gaps.length === 0) return null;
  const figures = await drawEach([gaps], (rows) => drawGaps(rows, styles));
  const table = toHtml(
    `Gap in ${scoreName}, and its change against the baseline`,
    gapTable(gaps),
    gaps.filter(({ quantity }) => quantity === 'gap'),
  );
  const body = html`
    <p class="lead">
      The contaminated problems were planted in the pretraining corpus. A gap is memory; a scheme that widens
      it rewards recall, one that closes it teaches.
    </p>
    <div class="figures single">${figures}</div>
    <p class="caption">
      Open circle: clean. Filled circle: contaminated. The bar between them is the gap; the lines below are
      95% intervals, dashed for clean.
    </p>
    ${table}
  `;
  return { id: 'gap', title: 'Clean against contaminated', body };
}
