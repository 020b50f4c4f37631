/** Standard errors that others publish for the means of evaluations, to compare the decision rule with. */
import { mean } from '../intervals/aggregate-scores.ts';

/** Of a mean of independent scores: √(Σ(s − s̄)² / n²). Source: Miller 2024, arXiv 2411.00640, section 2.1. */
export function independentError(scores: readonly number[]): number {
  return clusteredError(
    scores,
    scores.map((_, i) => i),
  );
}

/**
 * Of a mean of scores that are alike within clusters: √(Σ over clusters (Σ(s − s̄))² / n²), which is the independent error
 * with the products of each pair in a cluster added. Of paired differences it is their clustered error. Source: Miller 2024,
 * arXiv 2411.00640, sections 2.2 and 4.2.
 */
export function clusteredError(scores: readonly number[], clusters: readonly number[]): number {
  const centre = mean(scores);
  const sums = new Map<number, number>();
  scores.forEach((score, i) => sums.set(clusters[i]!, (sums.get(clusters[i]!) ?? 0) + score - centre));
  return Math.sqrt([...sums.values()].reduce((sum, value) => sum + value ** 2, 0)) / scores.length;
}

/** The published errors of differences[run][problem]: of problems' means, clustered by base, and both ways. */
export function publishedErrors(
  differences: readonly (readonly number[])[],
  bases: readonly number[],
): { problems: number; bases: number; bothWays: number } {
  const cells = differences.flat();
  const columns = differences[0]!.length;
  const byProblem = clusteredError(
    cells,
    cells.map((_, i) => i % columns),
  );
  const byBase = clusteredError(
    cells,
    cells.map((_, i) => bases[Math.floor(i / columns)]!),
  );
  // Cameron, Gelbach and Miller 2011: both clusterings, less that by their crossings.
  const crossings = clusteredError(
    cells,
    cells.map((_, i) => bases[Math.floor(i / columns)]! * columns + (i % columns)),
  );
  const bothWays = Math.sqrt(Math.max(0, byBase ** 2 + byProblem ** 2 - crossings ** 2));
  return { problems: byProblem, bases: byBase, bothWays };
}
