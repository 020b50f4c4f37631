import { countedFormat, GIVEN_FORMAT, givenFormatMetrics } from '../../config/given-format.ts';

/** Samples of one problem that were forced to begin as a format does and ended in it, and the right ones. */
export interface ForcedFormatCount {
  readonly runId: string;
  readonly split: string;
  readonly problemId: string;
  readonly format: string;
  readonly n: number;
  readonly c: number;
}

interface ScoredProblem {
  readonly runId: string;
  readonly probe: string;
  readonly metric: string;
  readonly split: string;
  readonly problemIndex: number;
  readonly value: number;
}

interface PlacedProblem {
  readonly runId: string;
  readonly split: string;
  readonly problemIndex: number;
  readonly problemKey: string;
}

const keyOf = ({ runId, split, problemIndex }: Omit<PlacedProblem, 'problemKey'>): string =>
  JSON.stringify([runId, split, problemIndex]);

/** What the probe of forced formats recorded, as counts of problems of the final evaluation. */
export function readForcedFormats(
  scores: readonly ScoredProblem[],
  evaluated: readonly PlacedProblem[],
): ForcedFormatCount[] {
  const own = scores.filter(({ probe }) => probe === GIVEN_FORMAT);
  if (own.length === 0) return [];
  const problems = new Map(evaluated.map((row) => [keyOf(row), row.problemKey]));
  const accuracies = new Map(own.map((score) => [`${keyOf(score)} ${score.metric}`, score.value]));
  return own.flatMap((score) => {
    const format = countedFormat(score.metric);
    const problemId = problems.get(keyOf(score));
    if (format === null || problemId === undefined) return [];
    // Without a sample there is no accuracy; with n of them it is a count over n.
    const accuracy = accuracies.get(`${keyOf(score)} ${givenFormatMetrics(format).accuracy}`) ?? 0;
    const { runId, split, value: n } = score;
    return [{ runId, split, problemId, format, n, c: Math.round(n * accuracy) }];
  });
}
