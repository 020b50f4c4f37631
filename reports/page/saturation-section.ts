import type { Analysis } from '../comparison/analyze-comparison.ts';
import { saturationTable } from '../tables/saturation-table.ts';
import { toHtml } from '../tables/table.ts';
import { html } from './html.ts';
import type { Section } from './result-sections.ts';

/** What conditions on a fixed set of problems gain after solving it; null where none trains on one. */
export function saturationSection({ saturation }: Analysis): Section | null {
  if (saturation.length === 0) return null;
  const table = toHtml(
    'pass@1 on dev from the step on at which 99% of the training rollouts are right; runs: those evaluated then and later',
    saturationTable,
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
