/** Row labels above the marks of a row, with a halo of the card's colour so that grid and zero lines do not cross letters. */
export function labelLayers<Y>(y: Y, field: string) {
  const mark = { type: 'text', align: 'left', baseline: 'bottom', dy: -8, fontSize: 11 } as const;
  const encoding = { y, x: { value: 0 }, text: { field } } as const;
  return [
    {
      mark: { ...mark, color: 'var(--card)', stroke: 'var(--card)', strokeWidth: 4, strokeJoin: 'round' },
      encoding,
    },
    { mark: { ...mark, color: 'currentColor' }, encoding },
  ] as const;
}
