import type { TopLevelSpec } from 'vega-lite';
import type { ConditionStyle } from './condition-style.ts';
import { renderFigure } from './figure-renderer.ts';
import type { GapRow } from '../tables/gap-table.ts';
import type { Markup } from '../page/html.ts';
import { labelColumn } from './label-column.ts';
import { styleScales } from './pass-at-k-figure.ts';

/** Clean (open) and contaminated (filled) pass@1 of each condition, joined by its gap, with the 95 % interval of each below. */
export function drawGaps(gaps: readonly GapRow[], styles: readonly ConditionStyle[]): Promise<Markup> {
  const rows = gaps.filter(({ quantity }) => quantity === 'gap');
  const { color } = styleScales(styles);
  const column = labelColumn(
    rows.map(({ condition }) => ({ row: condition, text: condition })),
    { rowHeight: 36, hasTitle: false },
  );
  const { y } = column;
  const scale = { domain: [0, 1] };
  const axis = { title: 'pass@1', format: '.1f' };
  const spec: TopLevelSpec = {
    ...column.spec,
    data: {
      values: rows.map(({ levels, ...row }) => ({
        ...row,
        row: row.condition,
        cleanLow: levels?.clean.low,
        cleanHigh: levels?.clean.high,
        contaminatedLow: levels?.contaminated.low,
        contaminatedHigh: levels?.contaminated.high,
      })),
    },
    layer: [
      ...(['clean', 'contaminated'] as const).map((side, i) => ({
        mark: { type: 'rule', strokeWidth: 1.3, opacity: 0.9, yOffset: 7 + 4 * i } as const,
        encoding: {
          y,
          x: { field: `${side}Low`, type: 'quantitative', scale, axis },
          x2: { field: `${side}High` },
          color,
          ...(side === 'clean' ? { strokeDash: { value: [3, 2] } } : {}),
        } as const,
      })),
      {
        mark: { type: 'rule', strokeWidth: 3, opacity: 0.45 },
        encoding: {
          y,
          x: { field: 'clean', type: 'quantitative', scale, axis },
          x2: { field: 'contaminated' },
          color,
        },
      },
      {
        mark: { type: 'point', filled: false, size: 70, strokeWidth: 2, fill: 'var(--card)', opacity: 1 },
        encoding: { y, x: { field: 'clean', type: 'quantitative', scale, axis }, stroke: color },
      },
      {
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: { y, x: { field: 'contaminated', type: 'quantitative', scale, axis }, color },
      },
      ...column.layers,
    ],
  };
  return renderFigure(spec, `Clean and contaminated pass@1 of ${rows.length} conditions`);
}
