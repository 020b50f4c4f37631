import type { TopLevelSpec } from 'vega-lite';
import type { ConditionStyle } from './condition-style.ts';
import { renderFigure } from './figure-renderer.ts';
import type { Markup } from '../page/html.ts';
import { DEV_METRIC, type CurvePoint } from '../tables/learning-curves.ts';
import { styleScales } from './pass-at-k-figure.ts';

export interface CurvePanel {
  readonly metric: string;
  readonly title: string;
  /** Shares are drawn on the whole range from 0 to 1. */
  readonly isShare: boolean;
}

const PANELS: readonly CurvePanel[] = [
  { metric: 'reward/mean', title: 'Reward the scheme gave', isShare: false },
  { metric: 'verdict/correct', title: 'True accuracy of the rollouts', isShare: true },
  { metric: DEV_METRIC, title: 'pass@1 on dev', isShare: true },
  { metric: 'rollout/entropy_nats', title: 'Entropy per token, nats', isShare: false },
  { metric: 'rollout/length_tokens', title: 'Completion length, tokens', isShare: false },
];

/** The recorded series that are drawn; learning-curves.csv has every series. */
export function choosePanels(curves: readonly CurvePoint[]): CurvePanel[] {
  return PANELS.filter(({ metric }) => curves.some((point) => point.metric === metric));
}

/** Keeps series of a single point. */
const ONCE: NonNullable<TopLevelSpec['transform']> = [
  { joinaggregate: [{ op: 'count', as: 'points' }], groupby: ['condition'] },
  { filter: 'datum.points === 1' },
];

/** One series against training steps: the mean over seeds, and the range from the lowest to the highest seed. */
export function drawLearningCurve(
  panel: CurvePanel,
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
  const scale = panel.isShare ? { domain: [0, 1] } : { zero: false };
  const axis = { title: null };
  const spec: TopLevelSpec = {
    title: panel.title,
    height: 170,
    data: {
      values: shown.map(({ interval, ...point }) => ({
        ...point,
        lowest: interval?.low ?? point.lowest,
        highest: interval?.high ?? point.highest,
      })),
    },
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
      // A series evaluated once (the base) would be an invisible line of one point, and its band one without width.
      {
        transform: ONCE,
        mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.7 },
        encoding: {
          x,
          y: { field: 'lowest', type: 'quantitative', scale, axis },
          y2: { field: 'highest' },
          color,
        },
      },
      {
        transform: ONCE,
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
