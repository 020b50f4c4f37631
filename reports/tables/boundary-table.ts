import { crossingPoint, type Crossing } from '../../stats/pass-at-k/crossing-point.ts';
import { hierarchicalBootstrap } from '../../stats/intervals/hierarchical-bootstrap.ts';
import { meanByBase } from '../../stats/intervals/mean-by-base.ts';
import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import { BAND_RESAMPLES, intervalGenerator, LEVEL } from '../comparison/interval-generator.ts';
import type { PairedFinals } from '../comparison/paired-finals.ts';

/** Whether training went beyond what the baseline samples within n, by arXiv 2504.13837. */
export interface BoundaryRow {
  readonly condition: string;
  readonly reference: string;
  readonly split: string;
  /** Fewest samples of a problem in either arm: the last k. */
  readonly n: number;
  /** at-start: the reference is at or above at k = 1. never: the condition is above at every k up to n. */
  readonly state: Crossing['state'];
  /** Smallest k at which the reference's pass@k is at or above the condition's; null: never. */
  readonly crossingK: number | null;
  /** Ends of the interval of crossingK; null: never within n. */
  readonly crossingLow: number | null;
  readonly crossingHigh: number | null;
  /** Shares of the bootstrap replicates in the states at-start and never. */
  readonly atStartShare: number;
  readonly neverShare: number;
  readonly referencePassAtN: number;
  readonly conditionPassAtN: number;
  readonly conditionPassAt1: number;
  /** Sampling-efficiency gap: the reference's pass@n − the condition's pass@1. */
  readonly efficiencyGap: number;
  readonly gapLow: number;
  readonly gapHigh: number;
  readonly bases: number;
  readonly seeds: number;
  readonly problems: number;
}

type Scores = number[][];
type Counts = readonly (readonly EvaluationCount[])[];

/** k at which the curves are compared: powers of two below n, and n. */
function evaluatedKs(n: number): number[] {
  const powers = Array.from({ length: Math.ceil(Math.log2(n)) }, (_, i) => 2 ** i);
  return [...powers.filter((k) => k < n), n];
}

function scoresAt(counts: Counts, k: number): Scores {
  // No problem has fewer than k samples, so none is undefined.
  return counts.map((row) => row.map((problem) => passAtK(problem, k)!));
}

function subtract(a: Scores, b: Scores): Scores {
  return a.map((row, r) => row.map((value, p) => value - b[r]![p]!));
}

/** Crossing point and sampling-efficiency gap of each pair; pairs with a problem without any sample are left out. */
export function tabulateBoundaries(pairs: readonly PairedFinals[], fingerprint: string): BoundaryRow[] {
  return pairs.flatMap((pair) => {
    const n = Math.min(...[...pair.after, ...pair.before].flat().map((problem) => problem.n));
    return n < 1 ? [] : [toBoundary(pair, n, fingerprint)];
  });
}

function toBoundary(pair: PairedFinals, n: number, fingerprint: string): BoundaryRow {
  const { condition, reference, split, after, before, bases } = pair;
  const ks = evaluatedKs(n);
  const draws = (name: string) => ({
    bases,
    resamples: BAND_RESAMPLES,
    generator: intervalGenerator(fingerprint, `boundary/${name}/${condition}/${split}`),
    level: LEVEL,
  });
  const found = crossingPoint({
    ks,
    leads: ks.map((k) => subtract(scoresAt(after, k), scoresAt(before, k))),
    ...draws('crossing'),
  });
  const gap = hierarchicalBootstrap({
    scores: subtract(scoresAt(before, n), scoresAt(after, 1)),
    statistic: 'mean',
    ...draws('gap'),
  });
  return {
    condition,
    reference,
    split,
    n,
    state: found.crossing.state,
    crossingK: found.crossing.k,
    crossingLow: found.low,
    crossingHigh: found.high,
    atStartShare: found.atStartShare,
    neverShare: found.neverShare,
    referencePassAtN: meanByBase(scoresAt(before, n), bases),
    conditionPassAtN: meanByBase(scoresAt(after, n), bases),
    conditionPassAt1: meanByBase(scoresAt(after, 1), bases),
    efficiencyGap: gap.estimate,
    gapLow: gap.low,
    gapHigh: gap.high,
    bases: gap.bases,
    seeds: gap.seeds,
    problems: gap.problems,
  };
}
