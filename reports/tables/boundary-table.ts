import { crossingPoint, type Crossing } from '../../stats/pass-at-k/crossing-point.ts';
import { hierarchicalBootstrap } from '../../stats/intervals/hierarchical-bootstrap.ts';
import { meanByBase } from '../../stats/intervals/mean-by-base.ts';
import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import { BAND_RESAMPLES, intervalGenerator, LEVEL } from '../comparison/interval-generator.ts';
import type { PairedFinals } from '../comparison/paired-finals.ts';
import { formatDifference, formatInterval, formatScore } from '../text/format-number.ts';
import { SIZE_COLUMNS, type Table } from './table.ts';

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

function formatK(k: number): string {
  return Number.isInteger(k) ? String(k) : k.toFixed(1);
}

/** Where the curves cross, in words that keep the typed states apart. */
export function describeCrossing({ state, crossingK, n }: BoundaryRow): string {
  if (state === 'never') return `never within k ≤ ${n}`;
  return state === 'at-start' ? 'not above at k = 1' : `k = ${formatK(crossingK!)}`;
}

/** The interval of the crossing point, and how many resamples have none, in words. */
export function describeCrossingInterval(row: BoundaryRow): string {
  const { crossingLow: low, crossingHigh: high, n, atStartShare, neverShare } = row;
  const end = (k: number | null): string => (k === null ? `beyond ${n}` : formatK(k));
  const range = end(low) === end(high) ? `k = ${end(low)}` : `k from ${end(low)} to ${end(high)}`;
  const told = (share: number, says: string): string[] =>
    share === 0 ? [] : [`${formatShare(share)} of the resamples ${says}`];
  return [
    low === null ? `k ${end(low)}` : range,
    ...told(atStartShare, 'have no lead even at k = 1'),
    ...told(neverShare, `keep the lead up to k = ${n}`),
  ].join('; ');
}

/** "all" or "12.5 %". */
const formatShare = (share: number): string =>
  share === 1 ? 'all' : share < 0.001 ? 'under 0.1%' : `${Number((100 * share).toFixed(1))}%`;

const formatGapInterval = ({ gapLow, gapHigh }: BoundaryRow): string =>
  formatInterval({ low: gapLow, high: gapHigh });

export const boundaryTable: Table<BoundaryRow> = {
  file: 'boundary.csv',
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'reference', cell: (row) => row.reference },
    { name: 'split', title: 'split', cell: (row) => row.split },
    { name: 'n', cell: (row) => row.n },
    { name: 'state', cell: (row) => row.state },
    { name: 'crossing_k', cell: (row) => row.crossingK },
    { title: 'baseline catches up at', cell: describeCrossing, below: describeCrossingInterval },
    { summary: '95% interval', cell: describeCrossingInterval },
    { name: 'crossing_low', cell: (row) => row.crossingLow },
    { name: 'crossing_high', cell: (row) => row.crossingHigh },
    { name: 'at_start_share', cell: (row) => row.atStartShare },
    { name: 'never_share', cell: (row) => row.neverShare },
    {
      title: 'efficiency gap',
      summary: null,
      kind: 'number',
      cell: (row) => row.efficiencyGap,
      format: formatDifference,
      below: formatGapInterval,
    },
    {
      summary: 'baseline pass@n − pass@1',
      cell: (row) => `${formatDifference(row.efficiencyGap)} (${formatGapInterval(row)})`,
    },
    {
      name: 'reference_pass_at_n',
      title: 'baseline pass@n',
      summary: null,
      kind: 'number',
      cell: (row) => row.referencePassAtN,
      format: formatScore,
    },
    {
      name: 'condition_pass_at_n',
      title: 'pass@n',
      summary: null,
      kind: 'number',
      cell: (row) => row.conditionPassAtN,
      format: formatScore,
    },
    {
      name: 'condition_pass_at1',
      title: 'pass@1',
      summary: null,
      kind: 'number',
      cell: (row) => row.conditionPassAt1,
      format: formatScore,
    },
    { name: 'efficiency_gap', cell: (row) => row.efficiencyGap },
    { name: 'gap_low', cell: (row) => row.gapLow },
    { name: 'gap_high', cell: (row) => row.gapHigh },
    { title: 'n', kind: 'number', cell: (row) => row.n },
    { title: 'runs', summary: null, kind: 'number', cell: (row) => row.seeds },
    ...SIZE_COLUMNS,
  ],
};

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
