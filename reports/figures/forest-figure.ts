import type { TopLevelSpec } from 'vega-lite';
import type { ConditionStyle } from './condition-style.ts';
import type { DifferenceRow } from '../tables/difference-table.ts';
import { renderFigure } from './figure-renderer.ts';
import type { Markup } from '../page/html.ts';
import { ESTIMATE_MARK, intervalLayer, zeroLayer } from './interval-layers.ts';
import { labelLayers } from './label-layers.ts';
import { styleScales } from './pass-at-k-figure.ts';

/** Labels stand above their interval, not beside it, so that long names leave a phone's plot its width. */
const ROW_HEIGHT = 40;

/** Differences of one split at one k: estimate, 95 % interval and the difference of each seed; 0 is marked. */
export function drawForest(
  {
    split,
    k,
    domain,
  }: { readonly split: string; readonly k: number; readonly domain: readonly [number, number] },
  differences: readonly DifferenceRow[],
  styles: readonly ConditionStyle[],
): Promise<Markup> {
  const rows = differences
    .filter((row) => row.split === split && row.k === k)
    .map((row) => ({ ...row, label: `${row.condition} − ${row.reference}` }));
  const { color } = styleScales(styles);
  const labels = rows.map(({ label }) => label);
  const y = { field: 'label', type: 'nominal', scale: { domain: labels }, axis: null } as const;
  const scale = { domain: [...domain], nice: false, zero: false };
  const axis = { title: `difference in pass@${k}`, format: '+.2~f' };
  const x = { field: 'difference', type: 'quantitative', scale, axis } as const;
  const spec: TopLevelSpec = {
    title: `${split}, pass@${k}`,
    height: rows.length * ROW_HEIGHT,
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
      ...labelLayers(y, 'label'),
    ],
  };
  const label = `Differences in pass@${k} on the ${split} split with 95% intervals and seeds, for ${rows.length} comparisons`;
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
