import type { ComparisonInput } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { referenceFor } from '../comparison/plan-comparisons.ts';
import { passAtKScores } from './pass-at-k-table.ts';
import type { RankingRow } from './ranking-table.ts';

/** One problem, and how often each arm is right on it. */
export interface ProblemRow {
  readonly problemId: string;
  /** Share of right samples, mean over runs, in the order of the map's arms. */
  readonly shares: readonly number[];
  /** Of the leader's share over the reference's; null where there is no reference. */
  readonly change: number | null;
}

/** The arms of one cell of the matrix on the problems that all of them answered. */
export interface ProblemMap {
  readonly split: string;
  /** The reference first, then by rank. */
  readonly arms: readonly string[];
  readonly runs: readonly number[];
  /** The baseline of the cell; null: it did not answer these problems. */
  readonly reference: string | null;
  /** The highest trained arm, else the highest. */
  readonly leader: string;
  /** What the leader gained most on first, what it lost most on last. */
  readonly rows: readonly ProblemRow[];
}

const meanOver = (scores: readonly (readonly number[])[], problem: number): number =>
  scores.reduce((sum, run) => sum + run[problem]!, 0) / scores.length;

function mapCell(
  ranked: readonly RankingRow[],
  input: ComparisonInput,
  finalOf: ReadonlyMap<string, FinalCounts>,
): ProblemMap {
  const leader = (ranked.find(({ isControl }) => !isControl) ?? ranked[0]!).condition;
  const names = new Set(ranked.map(({ condition }) => condition));
  const reference = referenceFor(leader, input.experiment.baseline, names);
  const arms = [...names].toSorted((a, b) => Number(b === reference) - Number(a === reference));
  const scores = arms.map((arm) => passAtKScores(finalOf.get(arm)!, 1)!);
  const { problemIds } = finalOf.get(leader)!;
  const rows = problemIds.map((problemId, problem): ProblemRow => {
    const shares = scores.map((own) => meanOver(own, problem));
    const change = reference === null ? null : shares[arms.indexOf(leader)]! - shares[0]!;
    return { problemId, shares, change };
  });
  const orderOf = ({ change, shares }: ProblemRow): number => change ?? shares[arms.indexOf(leader)]!;
  return {
    split: ranked[0]!.split,
    arms,
    runs: scores.map((own) => own.length),
    reference,
    leader,
    rows: rows.toSorted((a, b) => orderOf(b) - orderOf(a)),
  };
}

/** A map for each cell of the ranking. */
export function tabulateProblemMaps(
  input: ComparisonInput,
  finals: readonly FinalCounts[],
  ranking: readonly RankingRow[],
): ProblemMap[] {
  const finalOf = new Map(
    finals.filter(({ split }) => split === ranking[0]?.split).map((final) => [final.condition, final]),
  );
  const starts = ranking.flatMap(({ rank }, i) => (rank === 1 ? [i] : []));
  return starts.map((start, i) => mapCell(ranking.slice(start, starts[i + 1]), input, finalOf));
}

/** The `most` rows with the largest change either way, in the map's order, and the largest change of the others. */
export function chooseRows(
  { rows }: ProblemMap,
  most: number,
): { shown: ProblemRow[]; leftOut: number | null } {
  const bySize = rows.toSorted((a, b) => Math.abs(b.change ?? 0) - Math.abs(a.change ?? 0));
  const kept = new Set(bySize.slice(0, most));
  const first = bySize[most];
  return {
    shown: rows.filter((row) => kept.has(row)),
    leftOut: first === undefined ? null : Math.abs(first.change ?? 0),
  };
}
