import type { TopLevelSpec } from 'vega-lite';
import { unitOfMetric, unitSchema, type MetricUnit } from '../../config/hypothesis.ts';
import { renderFigure } from './figure-renderer.ts';
import type { Markup } from '../page/html.ts';
import { ESTIMATE_MARK, intervalLayer, zeroLayer } from './interval-layers.ts';
import { labelColumn } from './label-column.ts';
import { isDecided, type DecidedRow, type VerdictRow } from '../verdicts/verdict-table.ts';
import { describeSides } from '../text/hypothesis-text.ts';

const COLUMN = { width: 400, characters: 26 };

const COLORS = {
  domain: ['supported', 'contradicted', 'no-effect', 'underpowered'],
  range: ['var(--better)', 'var(--worse)', 'var(--suggestive)', 'var(--muted)'],
};

/** The side of 0, or the ±margin, that a claim puts its effect on: what the interval has to lie beyond. */
function boundsOf({ hypothesis, evidence: { margin } }: DecidedRow): number[] {
  if (hypothesis.alternative === 'equivalent') return [-margin, margin];
  return [hypothesis.alternative === 'greater' ? margin : -margin];
}

function labelOf({ number, hypothesis }: DecidedRow): [string, string] {
  const { sides, metric } = describeSides(hypothesis);
  return [`${number}. ${sides}`, metric];
}

/** Effects with 95 % intervals, one row per decided hypothesis of a unit, and the bound that each claim names; null without any. */
async function drawUnit(verdicts: readonly VerdictRow[], unit: MetricUnit): Promise<Markup | null> {
  const rows = verdicts
    .filter(isDecided)
    .filter(({ hypothesis }) => unitOfMetric(hypothesis.metric) === unit)
    .map((row) => ({
      row: row.number,
      label: labelOf(row),
      verdict: row.verdict,
      effect: row.evidence.effect,
      low: row.evidence.low,
      high: row.evidence.high,
      bounds: boundsOf(row),
    }));
  if (rows.length === 0) return null;
  const column = labelColumn(
    rows.map(({ row, label }) => ({ row, text: label })),
    COLUMN,
  );
  const { y } = column;
  const ends = rows.flatMap(({ effect, low, high, bounds }) => [effect, low, high, ...bounds, 0]);
  const margin = Math.max(0.02, 0.06 * (Math.max(...ends) - Math.min(...ends)));
  const scale = {
    domain: [Math.min(...ends) - margin, Math.max(...ends) + margin],
    nice: false,
    zero: false,
  };
  const axis = { title: unit === 'fraction' ? 'effect' : `effect, ${unit}`, format: '+.2~f' };
  const color = {
    field: 'verdict',
    type: 'nominal',
    scale: COLORS,
    legend: {
      title: null,
      orient: 'none',
      direction: 'horizontal',
      legendX: -column.spec.padding.left,
      legendY: -24,
      labelColor: 'currentColor',
      labelFontSize: 11,
    },
  } as const;
  const spec: TopLevelSpec = {
    ...column.spec,
    data: { values: rows },
    layer: [
      zeroLayer({ scale, axis }),
      {
        data: {
          values: rows.flatMap(({ row, bounds }) => bounds.map((bound) => ({ row, bound }))),
        },
        mark: { type: 'tick', thickness: 1.5, size: 18, color: 'var(--muted)' },
        encoding: { y, x: { field: 'bound', type: 'quantitative', scale, axis } },
      },
      intervalLayer({ scale, axis }, { y, color }),
      {
        mark: ESTIMATE_MARK,
        encoding: { y, x: { field: 'effect', type: 'quantitative', scale, axis }, color },
      },
      ...column.layers,
    ],
  };
  return renderFigure(
    spec,
    `Effects of ${rows.length} hypotheses with 95% intervals and the bounds they claim`,
  );
}

/** What a reader has to know to read the figures of `drawVerdicts`. */
export const VERDICT_CAPTION = 'Effects with 95% intervals; a tick marks the bound that the claim names';

/** One figure per unit that a decided hypothesis is in, since effects of different units share no axis. */
export async function drawVerdicts(
  verdicts: readonly VerdictRow[],
): Promise<{ readonly unit: MetricUnit; readonly figure: Markup }[]> {
  const drawn = await Promise.all(
    unitSchema.options.map(async (unit) => ({ unit, figure: await drawUnit(verdicts, unit) })),
  );
  return drawn.flatMap(({ unit, figure }) => (figure === null ? [] : [{ unit, figure }]));
}
