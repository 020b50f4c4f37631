import type { TopLevelSpec } from 'vega-lite';
import type { ConditionStyle } from './condition-style.ts';
import type { DifferenceRow } from '../tables/difference-table.ts';
import { renderFigure } from './figure-renderer.ts';
import type { Markup } from '../page/html.ts';
import { ESTIMATE_MARK, intervalLayer, zeroLayer } from './interval-layers.ts';
import { labelColumn } from './label-column.ts';
import { styleScales } from './pass-at-k-figure.ts';

/** Which differences are drawn, over which range. */
interface ForestPanel {
  readonly split: string;
  readonly k: number;
  /** What they are differences of. */
  readonly scoreName: string;
  readonly domain: readonly [number, number];
}

/** Differences of one split at one k: estimate, 95 % interval and the difference of each seed; 0 is marked. */
export function drawForest(
  { split, k, scoreName, domain }: ForestPanel,
  differences: readonly DifferenceRow[],
  styles: readonly ConditionStyle[],
): Promise<Markup> {
  const rows = differences
    .filter((row) => row.split === split && row.k === k)
    .map((row) => ({ ...row, row: `${row.condition} − ${row.reference}` }));
  const references = new Set(rows.map(({ reference }) => reference));
  const { color } = styleScales(styles);
  const column = labelColumn(
    rows.map(({ row, condition, reference }) => ({
      row,
      text: references.size === 1 ? condition : [condition, `− ${reference}`],
    })),
  );
  const { y } = column;
  const scale = { domain: [...domain], nice: false, zero: false };
  const to = references.size === 1 ? ` to ${[...references][0]!}` : '';
  const axis = { title: `difference in ${scoreName}${to}`, format: '+.2~f' };
  const x = { field: 'difference', type: 'quantitative', scale, axis } as const;
  const spec: TopLevelSpec = {
    ...column.spec,
    title: column.title(`${split}, ${scoreName}`),
    data: { values: rows },
    layer: [
      zeroLayer({ scale, axis }),
      intervalLayer({ scale, axis }, { y, color }),
      {
        data: {
          values: rows.flatMap((row) => row.bySeed.map((seedDifference) => ({ ...row, seedDifference }))),
        },
        mark: { type: 'tick', thickness: 1.5, size: 11, opacity: 0.8 },
        encoding: { y, x: { field: 'seedDifference', type: 'quantitative', scale, axis }, color },
      },
      { mark: ESTIMATE_MARK, encoding: { y, x, color } },
      ...column.layers,
    ],
  };
  const label = `Differences in ${scoreName} on the ${split} split with 95% intervals and seeds, for ${rows.length} comparisons`;
  return renderFigure(spec, label);
}

/** One horizontal range for all forest plots of a report, with 0 inside and a margin. */
export function forestDomain(differences: readonly DifferenceRow[]): [number, number] {
  const ends = differences.flatMap(({ low, high, bySeed }) => [low, high, ...bySeed]);
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  const margin = Math.max(0.02, 0.06 * (high - low));
  return [low - margin, high + margin];
}
