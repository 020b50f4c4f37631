import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { ConditionStyle } from '../figures/condition-style.ts';
import { drawForest, forestDomain } from '../figures/forest-figure.ts';
import { rankingTable } from '../tables/ranking-table.ts';
import { toHtml } from '../tables/table.ts';
import { ANSWER_TITLE, type ReportNotes } from '../text/answer-notes.ts';
import { listLeftOut } from '../text/left-out.ts';
import { html, type Markup } from './html.ts';
import type { Section } from './result-sections.ts';

/** Sentences that are set large; more would push the table off the first screen. */
const MOST_LARGE = 4;

function renderLeftOut(analysis: Analysis): Markup | null {
  const left = listLeftOut(analysis);
  if (left.length === 0) return null;
  return html`<div class="notice">
    <h3>Left out</h3>
    <ul>
      ${left.map((line) => html`<li>${line}</li>`)}
    </ul>
  </div>`;
}

/** What the report comes to, above all else: sentences, the arms by rank, and their differences to the baseline on the first split. */
export async function answerSection(
  analysis: Analysis,
  styles: readonly ConditionStyle[],
  notes: ReportNotes,
): Promise<Section> {
  const { answer, ranking, differences, splits, scoreName } = analysis;
  const toBaseline = differences.filter(({ kind, k }) => kind === 'baseline' && k === 1);
  const split = splits[0];
  const hasForest = split !== undefined && toBaseline.some((row) => row.split === split);
  const forest = hasForest
    ? html`<figure>
        ${await drawForest({ split, k: 1, scoreName, domain: forestDomain(toBaseline) }, toBaseline, styles)}
        <figcaption>${notes.forest}</figcaption>
      </figure>`
    : null;
  const table =
    ranking.length === 0
      ? null
      : toHtml(`Arms by ${scoreName} on ${ranking[0]!.split}`, rankingTable, ranking);
  const body = html`
    <div class="opening${forest === null ? '' : ' drawn'}">
      <ul class="answer${answer.length > MOST_LARGE ? ' long' : ''}">
        ${answer.map((line) => html`<li>${line}</li>`)}
      </ul>
      ${table}${forest}
    </div>
    ${ranking.length === 0 ? null : html`<p class="caption">${notes.ranking}</p>`} ${renderLeftOut(analysis)}
  `;
  return { id: 'answer', title: ANSWER_TITLE, body };
}
