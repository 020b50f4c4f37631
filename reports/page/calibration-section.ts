import type { Analysis } from '../comparison/analyze-comparison.ts';
import { calibrationTable, reliabilityTable } from '../tables/calibration-table.ts';
import { toHtml } from '../tables/table.ts';
import { html } from './html.ts';
import type { Section } from './result-sections.ts';

/** How well the confidences that completions state fit what came true; null where no format states one. */
export function calibrationSection({ calibration, reliability }: Analysis): Section | null {
  if (calibration.length === 0) return null;
  const measures = toHtml('Calibration of stated confidences', calibrationTable, calibration);
  const points = toHtml(
    'Reliability: how often answers of each stated confidence were right',
    reliabilityTable,
    reliability,
  );
  const body = html`
    <p class="lead">
      Completions state a chance of being right. A calibrated policy is right as often as it says: ece is the
      mean distance of the two over ten bins, brier the mean squared error = reliability − resolution +
      uncertainty. Reliability is the squared distance of what was stated from what came true (lower is
      better), resolution how far statements tell right from wrong (higher is better), uncertainty accuracy ·
      (1 − accuracy), the score of always stating the accuracy. Auroc is the chance that a right answer was
      stated more surely than a wrong one (one half: the statement says nothing).
    </p>
    ${measures}
    <details>
      <summary>Reliability by condition and split</summary>
      ${points}
    </details>
  `;
  return { id: 'calibration', title: 'Calibration', body };
}
