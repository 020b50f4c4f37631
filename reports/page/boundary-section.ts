import type { Analysis } from '../comparison/analyze-comparison.ts';
import { boundaryTable } from '../tables/boundary-table.ts';
import { solvedSetTable } from '../tables/solved-set-table.ts';
import { toHtml } from '../tables/table.ts';
import { html } from './html.ts';
import { foldLong } from './page-table.ts';
import type { Section } from './result-sections.ts';

/** Crossing points, sampling-efficiency gaps and solved sets against the baseline; null without a comparable pair. */
export function boundarySection({ boundaries, solvedSets }: Analysis): Section | null {
  if (boundaries.length === 0) return null;
  const crossings = toHtml(
    'Smallest k at which the baseline is at or above, and the sampling-efficiency gap: its pass@n − pass@1 of the condition',
    boundaryTable,
    boundaries,
  );
  const sets = toHtml(
    'Problems solved at least once, summed over runs: share (number)',
    solvedSetTable,
    solvedSets,
  );
  const body = html`
    <p class="lead">
      A scheme that only sharpens is above the baseline at small k, and is caught up with: the baseline can
      already sample what it answers. A scheme that adds something stays above, and solves problems that the
      baseline does not.
    </p>
    ${foldLong('Crossing points and sampling-efficiency gaps', boundaries.length, crossings)}
    <p class="caption">
      Only runs that both arms completed, paired by base model and seed. “Never” is a statement about k up to
      n, the number of samples drawn, not about every k; a problem that nobody solved may be solved with more
      samples. Percentages are bootstrap replicates without a crossing point. Curves that both reach 1 meet
      there, whatever they would do on harder problems.
    </p>
    ${foldLong('Solved sets', solvedSets.length, sets)}
    <p class="caption">
      Sampling twice moves problems between the sets. “By chance” is how many it would move either way, were
      all samples of both arms from one policy; the last columns are what was newly solved, and lost, beyond
      that, as a share of problems × runs with its 95% interval.
    </p>
  `;
  return { id: 'boundary', title: 'Capability boundary', body };
}
