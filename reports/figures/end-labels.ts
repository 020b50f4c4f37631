import { FIGURE_WIDTH } from './figure-renderer.ts';

const FONT_SIZE = 10.5;
const CHARACTER_WIDTH = 6.2;
const LINE_HEIGHT = 12.5;
/** Numbers of the vertical axis. */
const LEFT = 40;
const TOP = 26;
const BOTTOM = 36;
const MOST_CHARACTERS = 17;
const FIRST_BAR = 6;
const BAR_STEP = 4;
const LEAST_HEIGHT = 170;

/** How a series ends: its last mean, and the range there. */
export interface SeriesEnd {
  readonly name: string;
  readonly color: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Cut in its middle: what tells names of a crossed matrix apart stands at either end. */
const shorten = (name: string): string =>
  name.length <= MOST_CHARACTERS ? name : `${name.slice(0, MOST_CHARACTERS - 8)}…${name.slice(-7)}`;

/** Heights of labels that want to stand at `wanted`, moved apart until none touches another and all are inside. */
export function spreadLabels(
  wanted: readonly number[],
  { height, step }: { readonly height: number; readonly step: number },
): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const placed = [...wanted];
  let lowest = -Infinity;
  for (const i of order) {
    placed[i] = Math.max(wanted[i]!, lowest + step);
    lowest = placed[i];
  }
  let highest = height;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i]!, highest);
    highest = placed[i] - step;
  }
  return placed;
}

/**
 * Names of series beside where they end, in their colours, and between lines and names a bar each for the range at the end: bands
 * of several series over each other cannot be told apart.
 */
export function endLabels(ends: readonly SeriesEnd[], domain: readonly [number, number]) {
  const names = ends.map(({ name }) => shorten(name));
  const gutter = FIRST_BAR + ends.length * BAR_STEP + 4;
  const right = Math.ceil(gutter + Math.max(...names.map((name) => name.length)) * CHARACTER_WIDTH);
  const width = FIGURE_WIDTH - LEFT - right;
  const height = Math.max(LEAST_HEIGHT, ends.length * LINE_HEIGHT);
  const toPixel = (value: number): number => ((domain[1] - value) / (domain[1] - domain[0])) * height;
  const places = spreadLabels(
    ends.map(({ value }) => toPixel(value)),
    { height, step: LINE_HEIGHT },
  );
  const layers = ends.flatMap(({ color, low, high }, i) => [
    {
      data: { values: [{}] },
      mark: { type: 'rule', strokeWidth: 2, color, opacity: 0.75 } as const,
      encoding: {
        x: { value: width + FIRST_BAR + i * BAR_STEP },
        y: { value: toPixel(high) },
        y2: { value: toPixel(low) },
      },
    },
    {
      data: { values: [{ name: names[i]! }] },
      mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: FONT_SIZE, color } as const,
      encoding: { x: { value: width + gutter }, y: { value: places[i]! }, text: { field: 'name' } } as const,
    },
  ]);
  const spec = {
    autosize: { type: 'none' } as const,
    padding: { left: LEFT, right, top: TOP, bottom: BOTTOM },
    width,
    height,
  };
  return { spec, layers };
}
