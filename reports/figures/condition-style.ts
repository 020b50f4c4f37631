import type { ConditionRecord } from '../comparison/comparison-input.ts';

/** How one condition is drawn in every figure. */
export interface ConditionStyle {
  readonly condition: string;
  /** A CSS colour: a variable of the page, so that both colour schemes work. */
  readonly color: string;
  /** SVG dash array; controls are dashed. Empty: solid. */
  readonly dash: readonly number[];
}

const SERIES_COLORS = 8;

/** The baseline is grey, controls are dashed, the others take the series colours in order (then again, dotted). */
export function assignStyles(conditions: readonly ConditionRecord[], baseline: string): ConditionStyle[] {
  let series = 0;
  return conditions.map(({ name, isControl }) => {
    if (name === baseline || name.startsWith(`${baseline}/`)) {
      return { condition: name, color: 'var(--baseline)', dash: [] };
    }
    const round = Math.floor(series / SERIES_COLORS);
    const color = `var(--series-${(series % SERIES_COLORS) + 1})`;
    series += 1;
    return { condition: name, color, dash: isControl ? [5, 3] : round > 0 ? [1.5, 2.5] : [] };
  });
}
