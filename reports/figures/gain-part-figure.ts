import type { TopLevelSpec } from 'vega-lite';
import type { Markup } from '../page/html.ts';
import type { GainPartRow, Part } from '../tables/gain-part-table.ts';
import type { ConditionStyle } from './condition-style.ts';
import { renderFigure } from './figure-renderer.ts';
import { ESTIMATE_MARK, zeroLayer } from './interval-layers.ts';
import { labelColumn } from './label-column.ts';

type PartName = 'share' | 'temperature' | 'rest' | 'within';

/** Colour of each part; `condition` holds the part's name, so that the legend is shared. */
const STYLES: Record<PartName, ConditionStyle> = {
  share: { condition: 'share: elicited', color: 'var(--series-1)', dash: [] },
  temperature: { condition: 'temperature: sharpened', color: 'var(--series-5)', dash: [] },
  rest: { condition: 'rest: taught', color: 'var(--series-3)', dash: [] },
  within: { condition: 'within formats, not told apart', color: 'var(--muted)', dash: [] },
};

/** The parts that a row shows: without the base at its best temperature, what is within formats stays one. */
function partsOf(row: GainPartRow): [PartName, Part][] {
  return row.temperature === null || row.rest === null
    ? [
        ['share', row.share],
        ['within', row.within],
      ]
    : [
        ['share', row.share],
        ['temperature', row.temperature],
        ['rest', row.rest],
      ];
}

/** One part of a bar: those above 0 stand to the right of 0 one after the other, those below to its left. */
interface Segment {
  readonly condition: string;
  readonly part: PartName;
  readonly from: number;
  readonly to: number;
  /** The part's interval, from where the segment begins. */
  readonly low: number;
  readonly high: number;
}

/** Where the parts of a row's bar stand. */
export function stackParts(row: GainPartRow): Segment[] {
  let [above, below] = [0, 0];
  return partsOf(row).map(([part, { estimate, low, high }]) => {
    const from = estimate >= 0 ? above : below;
    const to = from + estimate;
    if (estimate >= 0) above = to;
    else below = to;
    return { condition: row.condition, part, from, to, low: from + low, high: from + high };
  });
}

/** The styles of the parts that some row shows. */
export function gainPartStyles(rows: readonly GainPartRow[]): ConditionStyle[] {
  const shown = new Set(rows.flatMap((row) => partsOf(row).map(([part]) => part)));
  return (Object.keys(STYLES) as PartName[]).filter((part) => shown.has(part)).map((part) => STYLES[part]);
}

const ROW_HEIGHT = 46;
/** Whiskers of one bar stand below each other, so that those of neighbouring parts can be told apart. */
const WHISKER_OFFSETS: Record<PartName, number> = { share: -4, temperature: 0, within: 0, rest: 4 };
const GAIN_OFFSET = 14;

/** Stacked parts of each arm's gain on one split, the interval of each, and below the bar the gain with its own. */
export function drawGainParts(split: string, gainParts: readonly GainPartRow[]): Promise<Markup> {
  const rows = gainParts.filter((row) => row.split === split);
  const segments = rows.flatMap(stackParts);
  const names = (Object.keys(STYLES) as PartName[]).filter((part) =>
    segments.some((one) => one.part === part),
  );
  const column = labelColumn(
    rows.map(({ condition }) => ({ row: condition, text: condition })),
    { rowHeight: ROW_HEIGHT },
  );
  const { y } = column;
  const axis = { title: 'gain in pass@1 over the base', format: '+.2~f' };
  const scale = { nice: true, zero: true };
  const x = (field: string) => ({ field, type: 'quantitative', scale, axis }) as const;
  const color = {
    field: 'part',
    type: 'nominal',
    scale: { domain: names, range: names.map((part) => STYLES[part].color) },
    legend: null,
  } as const;
  const gains = rows.map(({ condition, gain }) => ({ row: condition, ...gain }));
  const spec: TopLevelSpec = {
    ...column.spec,
    title: column.title(split),
    data: { values: segments.map((segment) => ({ ...segment, row: segment.condition })) },
    layer: [
      {
        mark: { type: 'bar', size: 14, opacity: 0.75 },
        encoding: { y, x: x('from'), x2: { field: 'to' }, color },
      },
      zeroLayer({ scale, axis }),
      ...names.map((part) => ({
        transform: [{ filter: `datum.part === '${part}'` }],
        mark: {
          type: 'rule',
          strokeWidth: 1.5,
          yOffset: WHISKER_OFFSETS[part],
          color: 'currentColor',
        } as const,
        encoding: { y, x: x('low'), x2: { field: 'high' } },
      })),
      {
        data: { values: gains },
        mark: {
          type: 'rule',
          strokeWidth: 3,
          strokeCap: 'round',
          opacity: 0.45,
          yOffset: GAIN_OFFSET,
          color: 'currentColor',
        },
        encoding: { y, x: x('low'), x2: { field: 'high' } },
      },
      {
        data: { values: gains },
        mark: { ...ESTIMATE_MARK, yOffset: GAIN_OFFSET, color: 'currentColor' },
        encoding: { y, x: x('estimate') },
      },
      ...column.layers,
    ],
  };
  return renderFigure(
    spec,
    `What the gain in pass@1 over the base is made of on the ${split} split, for ${rows.length} arms, with 95% intervals`,
  );
}
