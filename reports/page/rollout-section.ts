import type { ComparisonInput, RunRecord, SampleRollout } from '../comparison/comparison-input.ts';
import { formatScore } from '../text/format-number.ts';
import { html, type Markup } from './html.ts';
import type { Section } from './result-sections.ts';
import { FULL_COLOR_NATS, renderCompletion } from './token-view.ts';

const isWrong = ({ verdict }: SampleRollout): boolean => verdict !== 'correct';

/** What is shown, by buttons alone: the style sheet hides the others. */
const FILTERS = [
  ['all', 'all'],
  ['wrong', 'wrong'],
  ['right', 'right'],
] as const;

function renderFilter(): Markup {
  return html`<fieldset class="filter">
    <legend>Show</legend>
    ${FILTERS.map(
      ([value, label], i) =>
        html`<label
          ><input type="radio" name="shown-rollouts" value="${value}" ${i === 0 ? 'checked' : null} />
          ${label}</label
        >`,
    )}
  </fieldset>`;
}

function renderRollout(rollout: SampleRollout, run: RunRecord): Markup {
  const reward = rollout.reward === null ? null : html`, reward ${formatScore(rollout.reward)}`;
  return html`<div class="rollout ${isWrong(rollout) ? 'is-wrong' : 'is-right'}">
    <p>
      <span class="tag ${rollout.verdict}">${rollout.verdict}</span>${reward}, ${rollout.phase}, base seed
      ${run.baseSeed}, seed ${run.seed}, step ${rollout.step}, answer
      <code>${rollout.answer}</code>
    </p>
    <pre>${rollout.prompt}${renderCompletion(rollout)}</pre>
  </div>`;
}

/** Rollouts token by token, wrong ones first. */
export function rolloutSection(input: ComparisonInput): Section | null {
  if (input.rollouts.length === 0) return null;
  const runs = new Map(input.runs.map((run) => [run.id, run]));
  const groups = input.conditions.flatMap(({ name }) => {
    const rollouts = input.rollouts
      .filter(({ runId }) => runs.get(runId)!.condition === name)
      .toSorted((a, b) => Number(isWrong(b)) - Number(isWrong(a)));
    return rollouts.length === 0 ? [] : [{ name, rollouts, wrong: rollouts.filter(isWrong).length }];
  });
  const body = html`
    <p class="lead">
      What the policies wrote: the last training step and the final evaluation of one seed, wrong ones first
      and chosen more often than they occur. The redder a token, the higher the entropy where it was chosen
      (full colour at ${FULL_COLOR_NATS} nats). A green line below it: the scheme made it more likely; a red
      dotted line: less likely; none: it carried no credit. Faint: a credit rule held its policy gradient back
      (the weight is in the token's title). ∎ is the end token, ◦ another token without text of its own.
    </p>
    ${renderFilter()}
    ${groups.map(
      ({ name, rollouts, wrong }) =>
        html`<details class="rollouts">
          <summary>${name}: ${wrong} wrong, ${rollouts.length - wrong} right</summary>
          ${rollouts.map((rollout) => renderRollout(rollout, runs.get(rollout.runId)!))}
        </details>`,
    )}
  `;
  return { id: 'rollouts', title: 'Sample rollouts', body };
}
