import type { TopLevelSpec } from 'vega-lite';
import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { stemOf } from '../comparison/plan-comparisons.ts';
import type { Markup } from '../page/html.ts';
import { trainingRows } from '../tables/compute-table.ts';
import { spendingPanels, tabulateSpending, type SpendingPoint } from '../tables/spending-curves.ts';
import { assignStyles, type ConditionStyle } from './condition-style.ts';
import { endLabels } from './end-labels.ts';
import { renderFigure } from './figure-renderer.ts';
import { styleScales } from './pass-at-k-figure.ts';

/** Points of arms that spent alike stand beside each other: so many pixels apart. */
const BESIDE = 3;
/** So many amounts are labelled each; of more, a few round ones. */
const MOST_TICKS = 4;

/** What the untrained model reaches. */
interface Untrained {
  readonly level: number;
}

function domainOf(points: readonly SpendingPoint[], untrained: Untrained | null): [number, number] {
  const values = [
    ...points.flatMap(({ low, high }) => [low, high]),
    ...(untrained === null ? [] : [untrained.level]),
  ];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.05 * Math.max(high - low, 0.02);
  return [Math.max(0, low - margin), Math.min(1, high + margin)];
}

/** pass@1 against what was spent (logarithmic), a line per arm, each point with its 95 % interval; the untrained model as a line. */
function drawPanel(
  title: string,
  points: readonly SpendingPoint[],
  { styles, untrained }: { readonly styles: readonly ConditionStyle[]; readonly untrained: Untrained | null },
): Promise<Markup> {
  const shown = styles.filter(({ condition }) => points.some(({ arm }) => arm === condition));
  const { color, strokeDash } = styleScales(shown);
  const domain = domainOf(points, untrained);
  const ends = endLabels(
    shown.map(({ condition, color: ink }) => {
      const { level, low, high } = points.filter(({ arm }) => arm === condition).at(-1)!;
      return { name: condition, color: ink, value: level, low, high };
    }),
    domain,
  );
  const amounts = [...new Set(points.map(({ spent }) => spent))];
  const ticks = amounts.length <= MOST_TICKS ? { values: amounts } : { tickCount: 3 };
  const x = {
    field: 'spent',
    type: 'quantitative',
    scale: { type: 'log', nice: false, padding: 12 },
    axis: { title, grid: false, format: '~s', ...ticks },
  } as const;
  const y = (field: string) =>
    ({
      field,
      type: 'quantitative',
      scale: { domain, nice: false, zero: false },
      axis: { title: null, format: '.2f' },
    }) as const;
  const spec: TopLevelSpec = {
    ...ends.spec,
    title: { text: `pass@1 by ${title}`, dx: -ends.spec.padding.left },
    data: { values: points.map((point) => ({ ...point, condition: point.arm })) },
    layer: [
      ...(untrained === null
        ? []
        : [
            {
              data: { values: [untrained] },
              mark: { type: 'rule' as const, strokeDash: [2, 3], color: 'var(--muted)' },
              encoding: { y: y('level') },
            },
          ]),
      { mark: { type: 'line', strokeWidth: 1.6 }, encoding: { x, y: y('level'), color, strokeDash } },
      ...shown.map(({ condition }, i) => {
        const xOffset = BESIDE * (i - (shown.length - 1) / 2);
        return {
          transform: [{ filter: { field: 'arm', equal: condition } }],
          layer: [
            {
              mark: { type: 'rule', strokeWidth: 1.4, opacity: 0.6, xOffset } as const,
              encoding: { x, y: y('low'), y2: { field: 'high' }, color } as const,
            },
            {
              mark: { type: 'point', filled: true, size: 26, opacity: 1, xOffset } as const,
              encoding: { x, y: y('level'), color } as const,
            },
          ],
        };
      }),
      ...ends.layers,
    ],
  };
  return renderFigure(
    spec,
    `pass@1 against ${title}, one line for each of ${shown.length} arms, with 95% intervals`,
  );
}

export const SPENDING_CAPTION =
  'pass@1 with 95% interval against what training spent, the runs that it takes from included; dotted, the baseline where it is untrained; arms that spent none of a unit are not in its panel';

/** A figure for each unit of which arms of a crossed matrix spent different amounts, everything else alike. */
export async function drawSpending(
  { conditions, experiment: { baseline } }: ComparisonInput,
  { ranking, compute }: Pick<Analysis, 'ranking' | 'compute'>,
): Promise<{ readonly unit: string; readonly figure: Markup }[]> {
  const arms = new Map(conditions.map((condition) => [stemOf(condition.name), condition]));
  const styles = assignStyles(
    [...arms].map(([name, condition]) => ({ ...condition, name })),
    stemOf(baseline),
  );
  const isTrained = new Set(trainingRows(compute).flatMap((row) => (row.flops > 0 ? [row.condition] : [])));
  const base = ranking.find(({ condition }) => stemOf(condition) === stemOf(baseline));
  const untrained = base === undefined || isTrained.has(base.condition) ? null : base;
  const drawn: { unit: string; figure: Markup }[] = [];
  for (const { unit, title } of spendingPanels) {
    const points = tabulateSpending(unit, conditions, { ranking, compute });
    if (points.length === 0) continue;
    // One after the other: the plotting library counts its ids globally.
    const figure = await drawPanel(title, points, { styles, untrained });
    drawn.push({ unit, figure });
  }
  return drawn;
}
