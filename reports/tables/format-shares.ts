import type { ComparisonInput, MetricPoint } from '../comparison/comparison-input.ts';
import { groupRows } from '../comparison/group-rows.ts';

const PREFIX = 'format/';

/** The format that a training series is the share of, or null. */
export function formatOfMetric(metric: string): string | null {
  return metric.startsWith(PREFIX) ? metric.slice(PREFIX.length) : null;
}

/**
 * The recorded metrics, and a share of 0 for each format that a step's rollouts did not take: steps record the formats that
 * occurred, so a mean over the rows alone would be over the runs that still use a format. Formats are those of the
 * condition's runs.
 */
export function completeFormatShares({
  runs,
  metrics,
}: Pick<ComparisonInput, 'runs' | 'metrics'>): MetricPoint[] {
  const conditionOf = new Map(runs.map(({ id, condition }) => [id, condition]));
  const shares = metrics.filter(({ name }) => formatOfMetric(name) !== null);
  const absent = [...groupRows(shares, ({ runId }) => conditionOf.get(runId)!).values()].flatMap((rows) => {
    const names = [...new Set(rows.map(({ name }) => name))].sort();
    return [...groupRows(rows, ({ runId, step }) => JSON.stringify([runId, step])).values()].flatMap(
      (own) => {
        const { runId, step } = own[0]!;
        const taken = new Set(own.map(({ name }) => name));
        return names.filter((name) => !taken.has(name)).map((name) => ({ runId, step, name, value: 0 }));
      },
    );
  });
  return [...metrics, ...absent];
}
