import { mean } from '../../stats/intervals/aggregate-scores.ts';
import { adjustPValues } from '../../stats/significance/multiple-testing.ts';
import { pairedDifferences } from '../../stats/significance/paired-difference.ts';
import type { ComparisonInput, ConditionRecord } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { intervalGenerator, LEVEL, RESAMPLES } from '../comparison/interval-generator.ts';
import { passAtKScores } from './pass-at-k-table.ts';
import { formatDifference, formatP } from '../text/format-number.ts';
import { INTERVAL, INTERVAL_COLUMNS, type Table } from './table.ts';

export interface DifferenceRow {
  readonly condition: string;
  readonly reference: string;
  /** Whether the reference is the experiment's baseline (else it is a control arm). */
  readonly isToBaseline: boolean;
  readonly split: string;
  readonly k: number;
  /** condition − reference, in pass@k (0–1). */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  /** Holm over all rows of the table with the same k. */
  readonly holmP: number;
  readonly problemSignFlipP: number;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly seeds: number;
  readonly problems: number;
  readonly seedPairing: 'same' | 'different';
  /** The difference of each pair of runs; empty when the arms ran other seeds. */
  readonly bySeed: readonly number[];
}

export const differenceTable: Table<DifferenceRow> = {
  file: 'differences.csv',
  columns: [
    { title: 'comparison', summary: null, cell: (row) => `${row.condition} − ${row.reference}` },
    { name: 'condition', summary: 'condition', cell: (row) => row.condition },
    { name: 'reference', summary: 'reference', cell: (row) => row.reference },
    { name: 'is_to_baseline', cell: (row) => row.isToBaseline },
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
  ],
};

export interface MissingDifference {
  readonly condition: string;
  readonly reference: string;
  readonly split: string;
  readonly reason: string;
}

/** A condition of a crossed matrix (`grpo/latent`) is compared within its own cell (`base/latent`). */
export function referenceFor(
  condition: string,
  reference: string,
  names: ReadonlySet<string>,
): string | null {
  const cell = condition.includes('/') ? condition.slice(condition.indexOf('/')) : '';
  const inCell = `${reference}${cell}`;
  const found = names.has(inCell) ? inCell : names.has(reference) ? reference : null;
  return found === condition ? null : found;
}

interface Pair {
  readonly condition: string;
  readonly reference: string;
  readonly isToBaseline: boolean;
}

/** Each condition against the baseline, and each condition that is no control against the control arms. */
export function planComparisons({ experiment, conditions }: ComparisonInput): Pair[] {
  const names = new Set(conditions.map(({ name }) => name));
  const stem = (name: string): string => name.split('/')[0]!;
  const controls = [
    ...new Set(conditions.filter(({ isControl }) => isControl).map(({ name }) => stem(name))),
  ];
  const pairsWith = (arm: ConditionRecord, reference: string, isToBaseline: boolean): Pair[] => {
    const found = referenceFor(arm.name, reference, names);
    return found === null ? [] : [{ condition: arm.name, reference: found, isToBaseline }];
  };
  const baselineStem = stem(experiment.baseline);
  return [
    ...conditions
      .filter(({ name }) => stem(name) !== baselineStem)
      .flatMap((arm) => pairsWith(arm, experiment.baseline, true)),
    ...conditions
      .filter(({ isControl, name }) => !isControl && stem(name) !== baselineStem)
      .flatMap((arm) =>
        controls
          .filter((control) => control !== baselineStem)
          .flatMap((control) => pairsWith(arm, control, false)),
      ),
  ];
}

type Untested = Omit<DifferenceRow, 'holmP'>;

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
        missing.push({
          condition: pair.condition,
          reference: pair.reference,
          split,
          reason: reason ?? 'no rows',
        });
        continue;
      }
      rows.push(...compareAt({ pair, treatment, reference, ks }, input.experiment.fingerprint));
    }
  }
  return { differences: withHolm(rows, ks), missing };
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
  readonly pair: Pair;
  readonly treatment: FinalCounts;
  readonly reference: FinalCounts;
  readonly ks: readonly number[];
}

function compareAt({ pair, treatment, reference, ks }: ComparedPair, fingerprint: string): Untested[] {
  const measures = ks.flatMap((k) => {
    const scores = passAtKScores(treatment, k);
    const referenceScores = passAtKScores(reference, k);
    return scores === null || referenceScores === null
      ? []
      : [{ k, treatment: scores, baseline: referenceScores }];
  });
  if (measures.length === 0) return [];
  const sameSeeds =
    treatment.seeds.join() === reference.seeds.join() && treatment.bases.join() === reference.bases.join();
  const seedPairing = sameSeeds ? 'same' : 'different';
  const { split } = treatment;
  const found = pairedDifferences(measures, {
    bases: { treatment: treatment.bases, baseline: reference.bases },
    seeds: seedPairing,
    resamples: RESAMPLES,
    generator: intervalGenerator(fingerprint, `difference/${pair.condition}/${pair.reference}/${split}`),
    level: LEVEL,
  });
  return measures.map((measure, i) => {
    const { estimate, low, high, p, problemSignFlipP, bases, seeds, problems } = found[i]!;
    const bySeed = sameSeeds ? measure.treatment.map((row, s) => mean(row) - mean(measure.baseline[s]!)) : [];
    return {
      ...pair,
      split,
      k: measure.k,
      difference: estimate,
      low,
      high,
      p,
      problemSignFlipP,
      bases,
      seeds,
      problems,
      seedPairing,
      bySeed,
    };
  });
}

function withHolm(rows: readonly Untested[], ks: readonly number[]): DifferenceRow[] {
  const holm = new Map<Untested, number>();
  for (const k of ks) {
    const family = rows.filter((row) => row.k === k);
    adjustPValues(
      family.map(({ p }) => p),
      'holm',
    ).forEach((p, i) => holm.set(family[i]!, p));
  }
  return rows.map((row) => ({ ...row, holmP: holm.get(row)! }));
}
