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

/** An arm, and what it is drawn with: the baseline of its cell. */
export interface PassAtKPanel {
  readonly condition: string;
  readonly reference: string | null;
}

const PANEL = { width: 118, height: 96 };

/** pass@k against k (logarithmic) of one split: a panel per arm with its band, and the band of its baseline behind it. */
export function drawPassAtK(
  split: string,
  { rows, panels }: { readonly rows: readonly PassAtKRow[]; readonly panels: readonly PassAtKPanel[] },
  styles: readonly ConditionStyle[],
): Promise<Markup> {
  const own = rows.filter((row) => row.split === split);
  const shown = panels.filter(({ condition }) => own.some((row) => row.condition === condition));
  const values = shown.flatMap(({ condition, reference }) =>
    [reference, condition].flatMap((name) =>
      own.filter((row) => row.condition === name).map((row) => ({ ...row, panel: condition })),
    ),
  );
  const ks = [...new Set(own.map(({ k }) => k))];
  const { color, strokeDash } = styleScales(styles);
  const x = {
    field: 'k',
    type: 'quantitative',
    scale: { type: 'log', base: 2, nice: false },
    axis: {
      title: 'samples k',
      values: ks.length < 5 ? ks : ks.filter((_, i) => i % 2 === 0),
      grid: false,
      format: 'd',
    },
  } as const;
  const scale = { domain: [0, 1] };
  const axis = { title: null, format: '.1f', tickCount: 3 };
  const spec: TopLevelSpec = {
    title: `pass@k, ${split}`,
    data: { values },
    facet: {
      field: 'panel',
      type: 'nominal',
      sort: shown.map(({ condition }) => condition),
      header: {
        title: null,
        labelAnchor: 'start',
        labelColor: 'currentColor',
        labelFontSize: 11,
        labelPadding: 2,
        labelLimit: 200,
      },
    },
    columns: 2,
    spacing: 14,
    spec: {
      ...PANEL,
      layer: [
        {
          mark: { type: 'area', opacity: 0.18 },
          encoding: {
            x,
            y: { field: 'low', type: 'quantitative', scale, axis },
            y2: { field: 'high' },
            color,
          },
        },
        {
          mark: { type: 'line', strokeWidth: 1.8 },
          encoding: { x, y: { field: 'mean', type: 'quantitative', scale, axis }, color, strokeDash },
        },
      ],
    },
  };
  return renderFigure(
    spec,
    `pass@k on the ${split} split for k from 1 to ${ks.at(-1) ?? 1}, one panel per arm, its baseline in grey`,
  );
}
