/** Scale and axis of a horizontal measure, as every layer of a figure has to share them. */
interface Measure {
  readonly scale: object;
  readonly axis: object;
}

/** A line at 0. */
export function zeroLayer(measure: Measure) {
  return {
    data: { values: [{ zero: 0 }] },
    mark: { type: 'rule', strokeWidth: 1.2, color: 'var(--muted)' },
    encoding: { x: { field: 'zero', type: 'quantitative', ...measure } },
  } as const;
}

/** A bar from `low` to `high` of each row. */
export function intervalLayer<Y, Color>(
  measure: Measure,
  encoding: { readonly y: Y; readonly color: Color },
) {
  return {
    mark: { type: 'rule', strokeWidth: 3, strokeCap: 'round', opacity: 0.55 },
    encoding: { ...encoding, x: { field: 'low', type: 'quantitative', ...measure }, x2: { field: 'high' } },
  } as const;
}

/** A point at the estimate of each row. */
export const ESTIMATE_MARK = { type: 'point', filled: true, size: 62, opacity: 1 } as const;
