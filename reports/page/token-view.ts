import type { SampleRollout, TokenTrace } from '../comparison/comparison-input.ts';
import { formatDifference, formatScore } from '../text/format-number.ts';
import { html, type Markup } from './html.ts';

/** Entropy at which a token has the full colour: more than a fair choice among four. */
export const FULL_COLOR_NATS = 1.5;

function creditClass(credit: number | null): string {
  if (credit === null || credit === 0) return '';
  return credit > 0 ? ' reinforced' : ' discouraged';
}

function renderToken({ text, entropy, credit, weight }: TokenTrace): Markup {
  const strength = Math.round(100 * Math.min(1, entropy / FULL_COLOR_NATS));
  const taught = credit === null ? '' : `, credit ${formatDifference(credit)}`;
  const weighed = weight === null ? '' : `, weight ${formatScore(weight)}`;
  const title = `entropy ${formatScore(entropy)} nats${taught}${weighed}`;
  const held = weight !== null && weight < 1 ? ' held' : '';
  return html`<span class="token${creditClass(credit)}${held}" style="--entropy:${strength}%" title="${title}"
    >${text}</span
  >`;
}

/** The completion: token by token where the traces are known, else as plain text. */
export function renderCompletion({ completion, tokens }: SampleRollout): Markup {
  return tokens === null ? html`<strong>${completion}</strong>` : html`${tokens.map(renderToken)}`;
}
