import type { TopLevelSpec } from 'vega-lite';
import type { ConditionStyle } from './condition-style.ts';
import { renderFigure } from './figure-renderer.ts';
import type { Markup } from '../page/html.ts';
import { DEV_METRIC, type CurvePoint } from '../tables/learning-curves.ts';
import { endLabels } from './end-labels.ts';
import { ESTIMATE_MARK, intervalLayer } from './interval-layers.ts';
import { labelColumn } from './label-column.ts';
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

interface Curve {
  readonly style: ConditionStyle;
  readonly points: readonly CurvePoint[];
}

const rangeOf = ({ interval, lowest, highest }: CurvePoint): { low: number; high: number } =>
  interval ?? { low: lowest, high: highest };

/** What the panel draws, in the order of the styles. */
function collectCurves(
  { metric }: CurvePanel,
  curves: readonly CurvePoint[],
  styles: readonly ConditionStyle[],
): Curve[] {
  return styles.flatMap((style) => {
    const points = curves.filter((point) => point.metric === metric && point.condition === style.condition);
    return points.length === 0 ? [] : [{ style, points }];
  });
}

/** One series against training steps, the mean over runs, or a row for each condition where each was measured once. */
export function drawLearningCurve(
  panel: CurvePanel,
  curves: readonly CurvePoint[],
  styles: readonly ConditionStyle[],
): Promise<Markup> {
  const shown = collectCurves(panel, curves, styles);
  return shown.every(({ points }) => points.length === 1)
    ? drawLevels(panel, shown)
    : drawLines(panel, shown);
}

function domainOf({ isShare }: CurvePanel, curves: readonly Curve[]): [number, number] {
  if (isShare) return [0, 1];
  const values = curves.flatMap(({ points }) => {
    const { low, high } = rangeOf(points.at(-1)!);
    return [low, high, ...points.map(({ mean }) => mean)];
  });
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = high > low ? 0.05 * (high - low) : 0.5;
  return [low - margin, high + margin];
}

function drawLines(panel: CurvePanel, curves: readonly Curve[]): Promise<Markup> {
  const { color, strokeDash } = styleScales(curves.map(({ style }) => style));
  const domain = domainOf(panel, curves);
  const ends = endLabels(
    curves.map(({ style, points }) => {
      const last = points.at(-1)!;
      return { name: style.condition, color: style.color, value: last.mean, ...rangeOf(last) };
    }),
    domain,
  );
  const x = {
    field: 'step',
    type: 'quantitative',
    axis: { title: 'training step', grid: false, format: 'd' },
  } as const;
  const y = {
    field: 'mean',
    type: 'quantitative',
    scale: { domain, nice: false, zero: false },
    axis: { title: null },
  } as const;
  const spec: TopLevelSpec = {
    ...ends.spec,
    title: { text: panel.title, dx: -ends.spec.padding.left },
    data: { values: curves.flatMap(({ points }) => points.map(({ interval: _, ...point }) => point)) },
    layer: [
      { mark: { type: 'line', strokeWidth: 1.8 }, encoding: { x, y, color, strokeDash } },
      // A series measured once (the base) would be an invisible line of one point.
      {
        transform: [
          { joinaggregate: [{ op: 'count', as: 'points' }], groupby: ['condition'] },
          { filter: 'datum.points === 1' },
        ],
        mark: { type: 'point', filled: true, size: 40, opacity: 1 },
        encoding: { x, y, color },
      },
      ...ends.layers,
    ],
  };
  return renderFigure(
    spec,
    `${panel.title} against training steps, one line per condition: mean over runs, with the range at the end`,
  );
}

function drawLevels(panel: CurvePanel, curves: readonly Curve[]): Promise<Markup> {
  const { color } = styleScales(curves.map(({ style }) => style));
  const column = labelColumn(curves.map(({ style }) => ({ row: style.condition, text: style.condition })));
  const { y } = column;
  const rows = curves.map(({ points }) => {
    const { interval: _, ...point } = points[0]!;
    return { ...point, row: point.condition, ...rangeOf(points[0]!) };
  });
  const steps = [...new Set(rows.map(({ step }) => step))].sort((a, b) => a - b);
  const scale = panel.isShare ? { domain: [0, 1] } : { zero: false };
  const axis = { title: `at step ${steps.join(', ')}` };
  const spec: TopLevelSpec = {
    ...column.spec,
    title: column.title(panel.title),
    data: { values: rows },
    layer: [
      intervalLayer({ scale, axis }, { y, color }),
      {
        mark: ESTIMATE_MARK,
        encoding: { y, x: { field: 'mean', type: 'quantitative', scale, axis }, color },
      },
      ...column.layers,
    ],
  };
  return renderFigure(spec, `${panel.title} of ${rows.length} conditions, each measured once`);
}
