import type { TopLevelSpec } from 'vega-lite';
import type { ConditionStyle } from './condition-style.ts';
import { renderFigure } from './figure-renderer.ts';
import { formatOfMetric } from '../tables/format-shares.ts';
import type { Markup } from '../page/html.ts';
import type { CurvePoint } from '../tables/learning-curves.ts';

/** Dashes tell formats apart where colours do not. */
const DASHES = [[], [5, 3], [1.5, 2.5], [8, 3, 1.5, 3]];

/** One style per format of the training series, by name; `condition` holds the format, so that the legend is shared. */
export function assignFormatStyles(curves: readonly CurvePoint[]): ConditionStyle[] {
  const formats = [...new Set(curves.flatMap(({ metric }) => formatOfMetric(metric) ?? []))].sort();
  return formats.map((condition, i) => ({
    condition,
    color: `var(--series-${(i % 8) + 1})`,
    dash: DASHES[i % DASHES.length]!,
  }));
}

/** Share of each format in one condition's rollouts against steps: mean over runs, and the range from lowest to highest. */
export function drawStrategies(
  condition: string,
  curves: readonly CurvePoint[],
  styles: readonly ConditionStyle[],
): Promise<Markup> {
  const values = curves.flatMap((point) => {
    const format = point.condition === condition ? formatOfMetric(point.metric) : null;
    return format === null ? [] : [{ ...point, format }];
  });
  const domain = styles.map((style) => style.condition);
  const color = {
    field: 'format',
    type: 'nominal',
    scale: { domain, range: styles.map((style) => style.color) },
    legend: null,
  } as const;
  const strokeDash = {
    ...color,
    scale: { domain, range: styles.map(({ dash }) => (dash.length > 0 ? [...dash] : [1, 0])) },
  };
  const x = {
    field: 'step',
    type: 'quantitative',
    axis: { title: 'training step', grid: false, format: 'd' },
  } as const;
  const share = { scale: { domain: [0, 1] }, axis: { title: null, format: '.1f' } };
  const spec: TopLevelSpec = {
    title: condition,
    height: 150,
    data: { values },
    layer: [
      {
        mark: { type: 'area', opacity: 0.16 },
        encoding: {
          x,
          y: { field: 'lowest', type: 'quantitative', ...share },
          y2: { field: 'highest' },
          color,
        },
      },
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: { x, y: { field: 'mean', type: 'quantitative', ...share }, color, strokeDash },
      },
    ],
  };
  return renderFigure(
    spec,
    `Share of each completion format in the rollouts of ${condition} against training steps, mean and range over runs`,
  );
}
