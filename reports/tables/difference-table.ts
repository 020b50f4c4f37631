import type { CrossedMean } from '../../stats/intervals/crossed-mean.ts';
import { detectableEffect } from '../../stats/significance/detectable-effect.ts';
import { adjustPValues } from '../../stats/significance/multiple-testing.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { intervalGenerator, LEVEL, resamplesOver } from '../comparison/interval-generator.ts';
import { cellOf, planComparisons, type PairKind, type PlannedPair } from '../comparison/plan-comparisons.ts';
import {
  weighPaired,
  weighUnpaired,
  type Measure,
  type WeighedDifference,
} from '../comparison/weigh-difference.ts';
import { passAtKScores } from './pass-at-k-table.ts';
import { decideDifference, type DifferenceKind } from '../text/decide-difference.ts';
import { formatDetectable, formatDifference, formatP } from '../text/format-number.ts';
import { INTERVAL, INTERVAL_COLUMNS, type Table } from './table.ts';

export interface DifferenceRow extends Omit<WeighedDifference, 'error'> {
  readonly condition: string;
  readonly reference: string;
  /** What the reference is. Between schemes there are rows at k = 1 alone. */
  readonly kind: PairKind;
  readonly split: string;
  readonly k: number;
  /** Smallest true difference that 80 % of such experiments would show at Holm's first level; null with `standardError`, or with one run. */
  readonly detectable: number | null;
  /** Holm over all rows of the table with the same k. */
  readonly holmP: number;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly seeds: number;
  readonly problems: number;
  readonly seedPairing: 'same' | 'different';
}

const READINGS: Record<DifferenceKind, string> = {
  better: 'better',
  worse: 'worse',
  suggestive: 'suggestive',
  'no-evidence': 'no evidence',
};

export const differenceTable: Table<DifferenceRow> = {
  file: 'differences.csv',
  columns: [
    { title: 'comparison', summary: null, cell: (row) => `${row.condition} − ${row.reference}` },
    { name: 'condition', summary: 'condition', cell: (row) => row.condition },
    { name: 'reference', summary: 'reference', cell: (row) => row.reference },
    { name: 'is_to_baseline', cell: (row) => row.kind === 'baseline' },
    { name: 'split', title: 'split', cell: (row) => row.split },
    { name: 'k', title: 'k', kind: 'number', cell: (row) => row.k },
    {
      name: 'difference',
      title: 'difference',
      kind: 'number',
      format: formatDifference,
      cell: (row) => row.difference,
    },
    INTERVAL,
    ...INTERVAL_COLUMNS,
    { title: 'reading', cell: (row) => READINGS[decideDifference(row)] },
    { name: 'p', title: 'p', kind: 'number', format: formatP, cell: (row) => row.p },
    { name: 'holm_p', title: 'Holm p', kind: 'number', format: formatP, cell: (row) => row.holmP },
    {
      name: 'problem_sign_flip_p',
      title: 'sign-flip p over problems',
      summary: null,
      kind: 'number',
      format: formatP,
      cell: (row) => row.problemSignFlipP,
    },
    { name: 'bases', title: 'bases', summary: null, kind: 'number', cell: (row) => row.bases },
    { name: 'seeds', cell: (row) => row.seeds },
    {
      title: 'seeds',
      summary: null,
      kind: 'number',
      cell: (row) => `${row.seeds}${row.seedPairing === 'same' ? '' : ' (other seeds)'}`,
    },
    { name: 'problems', title: 'problems', summary: null, kind: 'number', cell: (row) => row.problems },
    { name: 'seed_pairing', cell: (row) => row.seedPairing },
    { name: 'kind', cell: (row) => row.kind },
    { name: 'standard_error', cell: (row) => row.standardError },
    {
      name: 'detectable',
      title: 'detectable',
      kind: 'number',
      format: formatDetectable,
      cell: (row) => row.detectable,
    },
  ],
};

export interface MissingDifference {
  readonly condition: string;
  readonly reference: string;
  readonly split: string;
  readonly reason: string;
}

/** Of more pairs between schemes than this in a split (9 schemes have 36), page and summary leave them to the file. */
const MOST_SHOWN = 36;

/** The rows that page and summary have; the file has all. */
export function shownDifferences(differences: readonly DifferenceRow[]): DifferenceRow[] {
  const between = differences.filter(({ kind }) => kind === 'schemes');
  const splits = new Set(between.map(({ split }) => split));
  return between.length <= MOST_SHOWN * splits.size
    ? [...differences]
    : differences.filter(({ kind }) => kind !== 'schemes');
}

/** A row before it is known how many it is corrected with. */
interface Untested extends Omit<DifferenceRow, 'holmP' | 'detectable'> {
  readonly error: CrossedMean | null;
}

/** All differences at every k of `ks`, Holm-corrected over the rows of the same k; what could not be compared is listed. */
export function tabulateDifferences(
  input: ComparisonInput,
  finals: readonly FinalCounts[],
  ks: readonly number[],
): { differences: DifferenceRow[]; missing: MissingDifference[] } {
  const find = (condition: string, split: string): FinalCounts | undefined =>
    finals.find((final) => final.condition === condition && final.split === split);
  const splits = [...new Set(finals.map(({ split }) => split))];
  const missing: MissingDifference[] = [];
  const rows: Untested[] = [];
  for (const pair of planComparisons(input)) {
    for (const split of splits) {
      const treatment = find(pair.condition, split);
      const reference = find(pair.reference, split);
      const reason = incomparableReason(treatment, reference);
      if (treatment === undefined || reference === undefined || reason !== null) {
        const { condition, reference: other } = pair;
        if (isExpected(pair, treatment, reference))
          missing.push({ condition, reference: other, split, reason: reason ?? 'no rows' });
        continue;
      }
      const at = pair.kind === 'schemes' ? ks.slice(0, 1) : ks;
      rows.push(...compareAt({ pair, treatment, reference, ks: at }, input));
    }
  }
  return { differences: withHolm(rows, ks, input.imported?.population === 'problems'), missing };
}

/** Of schemes, a missing arm is told where it lacks its baseline already, and cells of a matrix may have problems of their own. */
function isExpected(
  { kind, condition, reference }: PlannedPair,
  ...arms: readonly (FinalCounts | undefined)[]
): boolean {
  return kind !== 'schemes' || (!arms.includes(undefined) && cellOf(condition) === cellOf(reference));
}

function incomparableReason(
  treatment: FinalCounts | undefined,
  reference: FinalCounts | undefined,
): string | null {
  if (treatment === undefined) return 'the condition has no completed run on this split';
  if (reference === undefined) return 'the reference has no completed run on this split';
  const isSame =
    treatment.problemIds.length === reference.problemIds.length &&
    treatment.problemIds.every((id, i) => id === reference.problemIds[i]);
  return isSame ? null : 'the two were evaluated on other problems';
}

interface ComparedPair {
  readonly pair: PlannedPair;
  readonly treatment: FinalCounts;
  readonly reference: FinalCounts;
  readonly ks: readonly number[];
}

function compareAt(
  { pair, treatment, reference, ks }: ComparedPair,
  { experiment: { fingerprint }, imported }: ComparisonInput,
): Untested[] {
  const measures = ks.flatMap((k): Measure[] => {
    const scores = passAtKScores(treatment, k);
    const referenceScores = passAtKScores(reference, k);
    return scores === null || referenceScores === null
      ? []
      : [{ k, treatment: scores, baseline: referenceScores }];
  });
  if (measures.length === 0) return [];
  const { split, bases, seeds, problemIds } = treatment;
  const isPaired = seeds.join() === reference.seeds.join() && bases.join() === reference.bases.join();
  const name = `difference/${pair.condition}/${pair.reference}/${split}`;
  const draws = {
    resamples: resamplesOver(problemIds.length),
    generator: intervalGenerator(fingerprint, name),
  };
  const weighed = isPaired
    ? weighPaired(measures, { ...treatment, runNoise: imported?.noise?.share }, draws)
    : weighUnpaired(measures, { treatment: bases, baseline: reference.bases }, draws);
  return weighed.map((found, i) => ({
    ...pair,
    split,
    k: measures[i]!.k,
    ...found,
    bases: new Set(bases).size,
    seeds: seeds.length,
    problems: problemIds.length,
    seedPairing: isPaired ? 'same' : 'different',
  }));
}

/** @param isOneRunEnough the rows speak of single runs as they are, so that their problems alone plan what can be seen */
function withHolm(
  rows: readonly Untested[],
  ks: readonly number[],
  isOneRunEnough: boolean,
): DifferenceRow[] {
  const holm = new Map<Untested, number>();
  const tests = new Map<number, number>();
  for (const k of ks) {
    const family = rows.filter((row) => row.k === k);
    tests.set(k, family.length);
    adjustPValues(
      family.map(({ p }) => p),
      'holm',
    ).forEach((p, i) => holm.set(family[i]!, p));
  }
  return rows.map((row) => {
    const { error, ...shown } = row;
    const alpha = (1 - LEVEL) / 2 / tests.get(row.k)!;
    const isPlanned = error !== null && (error.pairs > 1 || isOneRunEnough);
    const detectable = isPlanned ? detectableEffect(error, 1, alpha) : null;
    return { ...shown, holmP: holm.get(row)!, detectable };
  });
}
