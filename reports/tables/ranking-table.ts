import { chanceOfBest } from '../../stats/intervals/chance-of-best.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { estimateLevel } from '../comparison/estimate-level.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { BAND_RESAMPLES, intervalGenerator, resamplesOver } from '../comparison/interval-generator.ts';
import { cellOf, referenceFor } from '../comparison/plan-comparisons.ts';
import {
  formatAmount,
  formatDetectable,
  formatDifference,
  formatInterval,
  formatScore,
} from '../text/format-number.ts';
import { trainingRows, type ComputeRow } from './compute-table.ts';
import type { DifferenceRow } from './difference-table.ts';
import { passAtKScores } from './pass-at-k-table.ts';
import { INTERVAL_COLUMNS, SIZE_COLUMNS, type Table } from './table.ts';

/** One arm among those of its cell that answered the same problems, by pass@1 on the split that a report leads with. */
export interface RankingRow {
  /** From 1 within the cell. */
  readonly rank: number;
  readonly condition: string;
  readonly isControl: boolean;
  readonly split: string;
  readonly level: number;
  readonly low: number;
  readonly high: number;
  /** Null where nothing varies. */
  readonly standardError: number | null;
  /** Its difference to the baseline, else to the untrained base where it is the baseline; null where there is none. */
  readonly toReference: DifferenceRow | null;
  /** Sampled in training, mean over runs; null where a run was not counted. */
  readonly tokens: number | null;
  /** Share of bootstrap replicates in which it is the highest of its cell. */
  readonly chanceOfBest: number;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly seeds: number;
  readonly problems: number;
}

function formatLevel({ level, standardError }: RankingRow): string {
  return standardError === null
    ? formatScore(level)
    : `${formatScore(level)} ± ${formatScore(standardError)}`;
}

/** "all", "0.42", and never 0 for what some replicate had. */
export function formatChance(chance: number): string {
  if (chance > 0 && chance < 0.01) return '< 0.01';
  return chance < 1 && chance > 0.99 ? '> 0.99' : chance.toFixed(2);
}

const describeDifference = ({ toReference }: RankingRow): string | null =>
  toReference === null
    ? null
    : `${formatDifference(toReference.difference)} (${formatInterval(toReference)})`;

export const rankingTable: Table<RankingRow> = {
  file: 'ranking.csv',
  columns: [
    { name: 'rank', cell: (row) => row.rank },
    { name: 'condition', title: 'arm', cell: (row) => row.condition },
    { name: 'is_control', cell: (row) => row.isControl },
    { name: 'split', cell: (row) => row.split },
    { name: 'level', cell: (row) => row.level },
    ...INTERVAL_COLUMNS,
    { name: 'standard_error', cell: (row) => row.standardError },
    {
      title: 'level ± SE',
      kind: 'number',
      cell: formatLevel,
    },
    {
      title: '95% interval',
      kind: 'number',
      cell: (row) => `${formatScore(row.low)} to ${formatScore(row.high)}`,
    },
    { name: 'reference', title: 'against', cell: (row) => row.toReference?.reference ?? null },
    { name: 'difference', cell: (row) => row.toReference?.difference ?? null },
    { name: 'difference_low', cell: (row) => row.toReference?.low ?? null },
    { name: 'difference_high', cell: (row) => row.toReference?.high ?? null },
    { name: 'difference_holm_p', cell: (row) => row.toReference?.holmP ?? null },
    { title: 'difference (95% interval)', kind: 'number', cell: describeDifference },
    {
      name: 'detectable',
      title: 'detectable',
      kind: 'number',
      format: formatDetectable,
      cell: (row) => row.toReference?.detectable ?? null,
    },
    {
      name: 'sampled_tokens',
      title: 'tokens',
      kind: 'number',
      format: formatAmount,
      cell: (row) => row.tokens,
    },
    {
      name: 'chance_of_best',
      title: 'best in',
      kind: 'number',
      format: formatChance,
      cell: (row) => row.chanceOfBest,
    },
    ...SIZE_COLUMNS,
  ],
};

interface Ranked {
  readonly input: ComparisonInput;
  readonly finals: readonly FinalCounts[];
  readonly differences: readonly DifferenceRow[];
  readonly compute: readonly ComputeRow[];
}

/** An arm's scores at k = 1; arms without pass@1 are not ranked. */
interface Arm {
  readonly final: FinalCounts;
  readonly scores: number[][];
}

/** All arms with pass@1 on the first split, cell by cell in the order of declaration, the highest first. */
export function tabulateRanking({ input, finals, ...known }: Ranked): RankingRow[] {
  const split = finals[0]?.split;
  const arms = finals
    .filter((final) => final.split === split)
    .flatMap((final): Arm[] => {
      const scores = passAtKScores(final, 1);
      return scores === null ? [] : [{ final, scores }];
    });
  const cells = groupRows(arms, ({ final }) => JSON.stringify([cellOf(final.condition), final.problemIds]));
  return [...cells.values()].flatMap((own) => rankCell(own, { input, ...known }));
}

function rankCell(
  arms: readonly Arm[],
  { input, differences, compute }: Omit<Ranked, 'finals'>,
): RankingRow[] {
  const { condition: first, split } = arms[0]!.final;
  const name = `ranking/${split}${cellOf(first)}`;
  const chances = chanceOfBest(
    arms.map(({ scores, final: { bases, seeds } }) => ({ scores, bases, seeds })),
    {
      resamples: resamplesOver(arms[0]!.final.problemIds.length, BAND_RESAMPLES),
      generator: intervalGenerator(input.experiment.fingerprint, name),
    },
  );
  const controls = new Set(input.conditions.filter(({ isControl }) => isControl).map((one) => one.name));
  const trained = trainingRows(compute);
  const rows = arms.map(({ final, scores }, i) => {
    const { condition } = final;
    const { mean: level, ...known } = estimateLevel(scores, final.bases, final.clusters);
    return {
      condition,
      isControl: controls.has(condition),
      split,
      level,
      ...known,
      toReference: findReference(input, condition, { differences, split }),
      tokens:
        input.imported === undefined
          ? (trained.find((row) => row.condition === condition)?.tokens ?? null)
          : tokensPerSample(final),
      chanceOfBest: chances[i]!,
    };
  });
  return rows.toSorted((a, b) => b.level - a.level).map((row, i) => ({ rank: i + 1, ...row }));
}

/** Completion tokens of a mean sample; null where they are not told. */
function tokensPerSample({ counts }: FinalCounts): number | null {
  const rows = counts.flat();
  if (rows.some(({ tokens }) => tokens === null)) return null;
  const total = (of: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0);
  return total(({ tokens }) => tokens!) / total(({ n }) => n);
}

/** The row of a condition against the baseline of its cell. */
function findReference(
  { experiment, conditions }: ComparisonInput,
  condition: string,
  { differences, split }: { readonly differences: readonly DifferenceRow[]; readonly split: string },
): DifferenceRow | null {
  const names = new Set(conditions.map(({ name }) => name));
  const reference = referenceFor(condition, experiment.baseline, names);
  return (
    differences.find(
      (row) =>
        row.k === 1 && row.split === split && row.condition === condition && row.reference === reference,
    ) ?? null
  );
}
