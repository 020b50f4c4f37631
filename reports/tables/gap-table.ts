import { splitGap } from '../../stats/significance/split-gap.ts';
import { mean } from '../../stats/intervals/aggregate-scores.ts';
import { widenInvisibleGap } from '../../stats/intervals/exact-ends.ts';
import { gapWithError, intervalOfMean } from '../../stats/intervals/mean-with-error.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { referenceFor } from '../comparison/plan-comparisons.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { estimateLevel, type Level } from '../comparison/estimate-level.ts';
import { intervalGenerator, LEVEL, resamplesOver } from '../comparison/interval-generator.ts';
import { passAtKScores } from './pass-at-k-table.ts';
import { formatDifference, formatInterval, formatScore } from '../text/format-number.ts';
import { INTERVAL, INTERVAL_COLUMNS, type Table } from './table.ts';

export interface GapRow {
  readonly condition: string;
  /** gap: contaminated − clean. change: this gap − the baseline's gap, same problems and seeds. */
  readonly quantity: 'gap' | 'change';
  readonly k: number;
  readonly contaminated: number;
  readonly clean: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly seeds: number;
  /** 95 % intervals of `contaminated` and `clean`; null of a change. */
  readonly levels: { readonly contaminated: Level; readonly clean: Level } | null;
}

/** "0.400 to 0.500" */
const describeLevel = (level: Level | undefined): string =>
  level === undefined ? '' : `${formatScore(level.low)} to ${formatScore(level.high)}`;

/** The page has a row per condition, with the change of its gap in it; file and summary have the change as a row of its own. */
export function gapTable(gaps: readonly GapRow[]): Table<GapRow> {
  const changes = new Map(
    gaps.filter(({ quantity }) => quantity === 'change').map((row) => [row.condition, row]),
  );
  const describeChange = ({ condition }: GapRow): string | null => {
    const change = changes.get(condition);
    return change === undefined ? null : `${formatDifference(change.value)} (${formatInterval(change)})`;
  };
  return {
    file: 'gap.csv',
    columns: [
      { name: 'condition', title: 'condition', cell: (row) => row.condition },
      { name: 'quantity', summary: 'quantity', cell: (row) => row.quantity },
      { name: 'k', cell: (row) => row.k },
      { name: 'contaminated', cell: (row) => row.contaminated },
      {
        name: 'clean',
        title: 'clean',
        summary: null,
        kind: 'number',
        format: formatScore,
        cell: (row) => row.clean,
        below: (row) => describeLevel(row.levels?.clean),
      },
      {
        title: 'contaminated',
        summary: null,
        kind: 'number',
        cell: (row) => row.contaminated,
        format: formatScore,
        below: (row) => describeLevel(row.levels?.contaminated),
      },
      {
        name: 'value',
        title: 'gap',
        summary: 'value',
        kind: 'number',
        format: formatDifference,
        cell: (row) => row.value,
      },
      INTERVAL,
      ...INTERVAL_COLUMNS,
      { title: 'change', summary: null, kind: 'number', cell: describeChange },
      { name: 'bases', cell: (row) => row.bases },
      { name: 'seeds', cell: (row) => row.seeds },
      { name: 'contaminated_low', cell: (row) => row.levels?.contaminated.low ?? null },
      { name: 'contaminated_high', cell: (row) => row.levels?.contaminated.high ?? null },
      { name: 'clean_low', cell: (row) => row.levels?.clean.low ?? null },
      { name: 'clean_high', cell: (row) => row.levels?.clean.high ?? null },
    ],
  };
}

type Scores = number[][];

/** The clean–contaminated gap in pass@1 of each condition, and how it differs from the baseline's (before training). */
export function tabulateGaps(input: ComparisonInput, finals: readonly FinalCounts[]): GapRow[] {
  const { experiment, conditions } = input;
  const names = new Set(conditions.map(({ name }) => name));
  return conditions.flatMap(({ name }) => {
    const own = splitPair(finals, name);
    if (own === null) return [];
    const rows = [toGap({ condition: name, quantity: 'gap', ...own }, experiment.fingerprint)];
    const reference = referenceFor(name, experiment.baseline, names);
    const before = reference === null ? null : splitPair(finals, reference);
    const isPaired = before !== null && before.key === own.key;
    if (!isPaired) return rows;
    const change = {
      condition: name,
      quantity: 'change' as const,
      contaminated: subtract(own.contaminated, before.contaminated),
      clean: subtract(own.clean, before.clean),
      bases: own.bases,
    };
    return [...rows, toGap(change, experiment.fingerprint)];
  });
}

interface SplitPair {
  readonly contaminated: Scores;
  readonly clean: Scores;
  /** Base seed of each row. */
  readonly bases: readonly number[];
  /** Equal for two conditions evaluated on the same seeds and problems. */
  readonly key: string;
}

function splitPair(finals: readonly FinalCounts[], condition: string): SplitPair | null {
  const find = (split: string): FinalCounts | undefined =>
    finals.find((final) => final.condition === condition && final.split === split);
  const contaminated = find('contaminated');
  const clean = find('clean');
  if (contaminated === undefined || clean === undefined) return null;
  const runsOf = ({ bases, seeds }: FinalCounts): string => JSON.stringify([bases, seeds]);
  if (runsOf(contaminated) !== runsOf(clean)) return null;
  const left = passAtKScores(contaminated, 1);
  const right = passAtKScores(clean, 1);
  if (left === null || right === null) return null;
  const key = JSON.stringify([clean.bases, clean.seeds, contaminated.problemIds, clean.problemIds]);
  return { contaminated: left, clean: right, bases: clean.bases, key };
}

function subtract(a: Scores, b: Scores): Scores {
  return a.map((row, s) => row.map((value, p) => value - b[s]![p]!));
}

/** Below this many bases (seeds of one base) a bootstrap over them is too narrow, and Student's t stands in. */
const FEW_UNITS = 5;

function gapEnds(
  { contaminated, clean, bases }: Omit<SplitPair, 'key'>,
  generator: ReturnType<typeof intervalGenerator>,
): { estimate: number; low: number; high: number } {
  const found = gapWithError(contaminated, clean, bases);
  const units = found.bases > 1 ? found.bases : found.pairs;
  if (units < FEW_UNITS) return { estimate: found.estimate, ...intervalOfMean(found, LEVEL) };
  return splitGap({
    first: contaminated,
    second: clean,
    bases,
    resamples: resamplesOver(contaminated[0]!.length + clean[0]!.length),
    generator,
    level: LEVEL,
  });
}

function toGap(
  row: Pick<GapRow, 'condition' | 'quantity'> & Omit<SplitPair, 'key'>,
  fingerprint: string,
): GapRow {
  const { condition, quantity, contaminated, clean, bases } = row;
  const found = gapEnds(row, intervalGenerator(fingerprint, `${quantity}/${condition}`));
  const of = quantity === 'gap' ? 'level' : 'difference';
  const sides = [problemMeans(contaminated), problemMeans(clean)] as const;
  return {
    condition,
    quantity,
    k: 1,
    contaminated: mean(contaminated.flat()),
    clean: mean(clean.flat()),
    value: found.estimate,
    ...widenInvisibleGap(found, sides, { of, level: LEVEL }),
    bases: new Set(bases).size,
    seeds: clean.length,
    levels:
      quantity === 'gap'
        ? { contaminated: estimateLevel(contaminated, bases), clean: estimateLevel(clean, bases) }
        : null,
  };
}

function problemMeans(scores: Scores): number[] {
  return scores[0]!.map((_, problem) => mean(scores.map((row) => row[problem]!)));
}
