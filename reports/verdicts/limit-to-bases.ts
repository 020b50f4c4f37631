import type { ComparisonInput } from '../comparison/comparison-input.ts';

/** The rows that verdicts read, of some base seeds alone: as they were when there were no others. */
export function limitToBases(input: ComparisonInput, baseSeeds: readonly number[]): ComparisonInput {
  const runs = input.runs.filter(({ baseSeed }) => baseSeeds.includes(baseSeed));
  const ids = new Set(runs.map(({ id }) => id));
  const own = <Row extends { readonly runId: string }>(rows: readonly Row[]): Row[] =>
    rows.filter(({ runId }) => ids.has(runId));
  return {
    ...input,
    runs,
    evaluations: own(input.evaluations),
    metrics: own(input.metrics),
    stepTokens: own(input.stepTokens),
    ledger: own(input.ledger),
    uncountedRuns: input.uncountedRuns.filter((id) => ids.has(id)),
    probeScores: own(input.probeScores),
  };
}
