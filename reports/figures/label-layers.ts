import { FIGURE_WIDTH } from './figure-renderer.ts';

const LINE_HEIGHT = 13;
const ONE_LINE: LabelSize = { lines: 1, width: FIGURE_WIDTH };

export interface LabelSize {
  /** Strings that the field holds for each row. */
  readonly lines: number;
  /** Drawing width in user units: a longer label would take the plot its width, and is cut. */
  readonly width: number;
}

/**
 * Row labels above the marks of a row, with a halo of the card's colour so that grid and zero lines do not cross letters.
 */
export function labelLayers<Y>(y: Y, field: string, { lines, width }: LabelSize = ONE_LINE) {
  const mark = {
    type: 'text',
    align: 'left',
    baseline: 'bottom',
    dy: -8 - (lines - 1) * LINE_HEIGHT,
    lineHeight: LINE_HEIGHT,
    limit: width,
    fontSize: 11,
  } as const;
  const encoding = { y, x: { value: 0 }, text: { field } } as const;
  return [
    {
      mark: { ...mark, color: 'var(--card)', stroke: 'var(--card)', strokeWidth: 4, strokeJoin: 'round' },
      encoding,
    },
    { mark: { ...mark, color: 'currentColor' }, encoding },
  ] as const;
}
