import type { TopLevelSpec } from 'vega-lite';
import type { ConditionStyle } from './condition-style.ts';
import type { Markup } from '../page/html.ts';
import { renderFigure } from './figure-renderer.ts';
import type { PassAtKRow } from '../tables/pass-at-k-table.ts';

/** Colour and dash of each condition as Vega-Lite scales. */
export function styleScales(styles: readonly ConditionStyle[]): {
  color: { field: string; type: 'nominal'; scale: { domain: string[]; range: string[] }; legend: null };
  strokeDash: {
    field: string;
    type: 'nominal';
    scale: { domain: string[]; range: number[][] };
    legend: null;
  };
} {
  const domain = styles.map(({ condition }) => condition);
  const shared = { field: 'condition', type: 'nominal', legend: null } as const;
  return {
    color: { ...shared, scale: { domain, range: styles.map(({ color }) => color) } },
    strokeDash: {
      ...shared,
      scale: { domain, range: styles.map(({ dash }) => (dash.length > 0 ? [...dash] : [1, 0])) },
    },
  };
}

/** pass@k against k (logarithmic) of one split: a line and its interval band per condition. */
export function drawPassAtK(
  split: string,
  rows: readonly PassAtKRow[],
  styles: readonly ConditionStyle[],
): Promise<Markup> {
  const shown = rows.filter((row) => row.split === split);
  const ks = [...new Set(shown.map(({ k }) => k))];
  const { color, strokeDash } = styleScales(styles);
  const x = {
    field: 'k',
    type: 'quantitative',
    scale: { type: 'log', base: 2, nice: false },
    axis: { title: 'samples k', values: ks, grid: false, format: 'd' },
  } as const;
  const scale = { domain: [0, 1] };
  const axis = { title: null, format: '.1f' };
  const spec: TopLevelSpec = {
    title: `pass@k, ${split}`,
    height: 210,
    data: { values: shown.map((row) => ({ ...row })) },
    layer: [
      {
        mark: { type: 'area', opacity: 0.13 },
        encoding: { x, y: { field: 'low', type: 'quantitative', scale, axis }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: { x, y: { field: 'mean', type: 'quantitative', scale, axis }, color, strokeDash },
      },
      {
        mark: { type: 'point', filled: true, size: 26, opacity: 1 },
        encoding: { x, y: { field: 'mean', type: 'quantitative', scale, axis }, color },
      },
    ],
  };
  return renderFigure(
    spec,
    `pass@k on the ${split} split for k from 1 to ${ks.at(-1) ?? 1}, one line per condition`,
  );
}
