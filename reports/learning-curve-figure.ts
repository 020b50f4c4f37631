import type { TopLevelSpec } from 'vega-lite';
import type { ConditionStyle } from './condition-style.ts';
import { renderFigure } from './figure-renderer.ts';
import type { Markup } from './html.ts';
import { DEV_METRIC, type CurvePoint } from './learning-curves.ts';
import { styleScales } from './pass-at-k-figure.ts';

/** The series that are drawn; every recorded series is in learning-curves.csv. */
export const CURVE_PANELS: readonly { readonly metric: string; readonly title: string }[] = [
  { metric: 'reward/mean', title: 'Reward the scheme gave' },
  { metric: 'rollout/accuracy', title: 'True accuracy of the rollouts' },
  { metric: DEV_METRIC, title: 'pass@1 on dev' },
  { metric: 'rollout/entropy_nats', title: 'Entropy per token, nats' },
  { metric: 'rollout/length_tokens', title: 'Completion length, tokens' },
];

/** One series against training steps: the mean over seeds, and the range from the lowest to the highest seed. */
export function drawLearningCurve(
  panel: { readonly metric: string; readonly title: string },
  curves: readonly CurvePoint[],
  styles: readonly ConditionStyle[],
): Promise<Markup> {
  const shown = curves.filter(({ metric }) => metric === panel.metric);
  const { color, strokeDash } = styleScales(styles);
  const x = {
    field: 'step',
    type: 'quantitative',
    axis: { title: 'training step', grid: false, format: 'd' },
  } as const;
  const isRate = panel.metric === DEV_METRIC || panel.metric === 'rollout/accuracy';
  const scale = isRate ? { domain: [0, 1] } : { zero: false };
  const axis = { title: null };
  const spec: TopLevelSpec = {
    title: panel.title,
    height: 170,
    data: { values: shown.map((point) => ({ ...point })) },
    layer: [
      {
        mark: { type: 'area', opacity: 0.13 },
        encoding: {
          x,
          y: { field: 'lowest', type: 'quantitative', scale, axis },
          y2: { field: 'highest' },
          color,
        },
      },
      {
        mark: { type: 'line', strokeWidth: 1.8 },
        encoding: { x, y: { field: 'mean', type: 'quantitative', scale, axis }, color, strokeDash },
      },
      // A series evaluated once (the base) would be an invisible line of one point.
      {
        transform: [
          { joinaggregate: [{ op: 'count', as: 'points' }], groupby: ['condition'] },
          { filter: 'datum.points === 1' },
        ],
        mark: { type: 'point', filled: true, size: 40, opacity: 1 },
        encoding: { x, y: { field: 'mean', type: 'quantitative', scale, axis }, color },
      },
    ],
  };
  return renderFigure(
    spec,
    `${panel.title} against training steps, mean and range over seeds, one line per condition`,
  );
}
