/** How often completions take one format (their strategy), and how accurate it is. */
export interface FormatTotal {
  readonly format: string;
  readonly samples: number;
  readonly share: number;
  readonly accuracy: number;
}

/** Sums per-problem counts by format, over all problems; formats without a sample are left out, order is by name. */
export function sumFormats(
  problems: readonly {
    readonly formats: Readonly<Record<string, { readonly n: number; readonly c: number }>>;
  }[],
): FormatTotal[] {
  const totals = new Map<string, { n: number; c: number }>();
  for (const { formats } of problems) {
    for (const [format, { n, c }] of Object.entries(formats)) {
      const total = totals.get(format) ?? { n: 0, c: 0 };
      totals.set(format, { n: total.n + n, c: total.c + c });
    }
  }
  const all = [...totals.values()].reduce((sum, { n }) => sum + n, 0);
  return [...totals]
    .filter(([, { n }]) => n > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([format, { n, c }]) => ({ format, samples: n, share: n / all, accuracy: c / n }));
}
