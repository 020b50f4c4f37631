import { estimateGainParts, type ComparedRun, type FormatCounts } from '../../stats/measures/gain-parts.ts';
import type { IntervalEstimate } from '../../stats/quantile.ts';
import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type { ComparisonInput, EvaluationCount } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import type { ForcedFormatCount } from '../comparison/forced-formats.ts';
import { BAND_RESAMPLES, intervalGenerator, LEVEL } from '../comparison/interval-generator.ts';
import { formatDifference, formatInterval, formatScore } from '../text/format-number.ts';
import { referenceFor } from '../comparison/plan-comparisons.ts';
import { SIZE_COLUMNS, type Table, type TableColumn } from './table.ts';

/** An estimate with its interval. */
export type Part = Pick<IntervalEstimate, 'estimate' | 'low' | 'high'>;

/** What an arm's gain in pass@1 over the untrained base is made of. */
export interface GainPartRow {
  readonly condition: string;
  readonly reference: string;
  readonly split: string;
  readonly gain: Part;
  /** Eliciting. */
  readonly share: Part;
  /** gain − share */
  readonly within: Part;
  /** Sharpening; null without the base at its best temperature. */
  readonly temperature: Part | null;
  /** Teaching; null with `temperature`. */
  readonly rest: Part | null;
  /** forced: accuracies in a format are those of samples forced to begin so; observed: of samples that chose it. */
  readonly accuracies: 'forced' | 'observed';
  /** Share of the arm's samples in formats of which the base's accuracy is not known; it counts as share or temperature. */
  readonly unknown: number;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly seeds: number;
  readonly problems: number;
}

type PartName = 'gain' | 'share' | 'within' | 'temperature' | 'rest';

/** Value and ends in the file; on the page and in the summary the value with its interval. */
function partColumns(name: PartName, title: string | null): TableColumn<GainPartRow>[] {
  const show = (row: GainPartRow): string | null => {
    const part = row[name];
    return part === null ? null : `${formatDifference(part.estimate)} (${formatInterval(part)})`;
  };
  return [
    { name, cell: (row) => row[name]?.estimate ?? null },
    { name: `${name}_low`, cell: (row) => row[name]?.low ?? null },
    { name: `${name}_high`, cell: (row) => row[name]?.high ?? null },
    ...(title === null ? [] : [{ title, kind: 'number', cell: show } as const]),
  ];
}

export const gainPartTable: Table<GainPartRow> = {
  file: 'gain-parts.csv',
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'reference', cell: (row) => row.reference },
    { name: 'split', title: 'split', cell: (row) => row.split },
    ...partColumns('gain', 'gain in pass@1'),
    ...partColumns('share', 'share: elicited'),
    ...partColumns('within', null),
    ...partColumns('temperature', 'temperature: sharpened'),
    ...partColumns('rest', 'rest: taught'),
    { name: 'accuracies', title: 'accuracies', cell: (row) => row.accuracies },
    {
      name: 'unknown',
      title: 'base unknown',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.unknown,
    },
    ...SIZE_COLUMNS,
  ],
};

/** The three arms that a gain is split by, on one split; `tempered` is null where there is no such arm. */
interface Arms {
  readonly arm: FinalCounts;
  readonly base: FinalCounts;
  readonly tempered: FinalCounts | null;
}

/** The same run in each arm: rows of problems. */
interface RunOfArms {
  readonly baseSeed: number;
  readonly arm: readonly EvaluationCount[];
  readonly base: readonly EvaluationCount[];
  readonly tempered: readonly EvaluationCount[] | null;
}

function findRun(
  final: FinalCounts,
  at: { readonly base: number; readonly seed: number },
): readonly EvaluationCount[] | null {
  const row = final.seeds.findIndex((seed, i) => seed === at.seed && final.bases[i] === at.base);
  return final.counts[row] ?? null;
}

/** The runs of base and seed that all arms have. */
function pairRuns({ arm, base, tempered }: Arms): RunOfArms[] {
  return arm.counts.flatMap((rows, i) => {
    const at = { base: arm.bases[i]!, seed: arm.seeds[i]! };
    const [before, best] = [findRun(base, at), tempered === null ? null : findRun(tempered, at)];
    if (before === null || (tempered !== null && best === null)) return [];
    return [{ baseSeed: at.base, arm: rows, base: before, tempered: best }];
  });
}

type Forced = ReadonlyMap<string, ForcedFormatCount>;

const forcedKey = (at: Omit<ForcedFormatCount, 'n' | 'c'>): string =>
  JSON.stringify([at.runId, at.split, at.problemId, at.format]);

/** Counts of a run's problems by format: forced ones where a format was forced, else as it was chosen. */
function countFormats(
  rows: readonly EvaluationCount[],
  formats: readonly string[],
  forced: Forced | null,
): FormatCounts {
  const counts = rows.map((row) =>
    formats.map(
      (format) => forced?.get(forcedKey({ ...row, format })) ?? row.formats[format] ?? { n: 0, c: 0 },
    ),
  );
  return { n: counts.map((row) => row.map(({ n }) => n)), c: counts.map((row) => row.map(({ c }) => c)) };
}

/** Whether every problem that gives the base's accuracies was asked with forced formats. */
function isForced(runs: readonly RunOfArms[], forced: Forced): boolean {
  const asked = new Set(
    [...forced.values()].map(({ runId, split, problemId }) => `${runId} ${split} ${problemId}`),
  );
  return runs
    .flatMap(({ base, tempered }) => [...base, ...(tempered ?? [])])
    .every(({ runId, split, problemId }) => asked.has(`${runId} ${split} ${problemId}`));
}

/** pass@1 of each problem; null where one has no verified sample. */
function passAt1(rows: readonly EvaluationCount[]): number[] | null {
  const scores = rows.map((row) => passAtK(row, 1));
  return scores.every((score) => score !== null) ? scores : null;
}

function toComparedRun(run: RunOfArms, forced: Forced | null): ComparedRun | null {
  const [after, before] = [passAt1(run.arm), passAt1(run.base)];
  if (after === null || before === null) return null;
  const all = [...run.arm, ...run.base, ...(run.tempered ?? [])];
  const formats = [...new Set(all.flatMap((row) => Object.keys(row.formats)))].sort();
  return {
    gain: after.map((score, p) => score - before[p]!),
    arm: countFormats(run.arm, formats, null),
    base: countFormats(run.base, formats, null),
    baseGiven: countFormats(run.base, formats, forced),
    temperedGiven: run.tempered === null ? null : countFormats(run.tempered, formats, forced),
  };
}

function toRow(arms: Arms, forced: Forced, fingerprint: string): GainPartRow[] {
  const runs = pairRuns(arms);
  const usesForced = runs.length > 0 && isForced(runs, forced);
  const compared = runs.map((run) => toComparedRun(run, usesForced ? forced : null));
  const whole = compared.filter((run) => run !== null);
  if (whole.length === 0 || whole.length < compared.length) return [];
  const { condition, split, problemIds } = arms.arm;
  const bases = runs.map(({ baseSeed }) => baseSeed);
  const generator = intervalGenerator(fingerprint, `gain-parts/${condition}/${split}`);
  const { unknown, ...parts } = estimateGainParts(whole, {
    bases,
    resamples: BAND_RESAMPLES,
    generator,
    level: LEVEL,
  });
  const sizes = { bases: new Set(bases).size, seeds: runs.length, problems: problemIds.length };
  const accuracies = usesForced ? 'forced' : 'observed';
  return [
    {
      condition,
      reference: arms.base.condition,
      split,
      ...parts,
      accuracies,
      unknown: unknown.estimate,
      ...sizes,
    },
  ];
}

const isSameProblems = (a: FinalCounts, b: FinalCounts): boolean =>
  a.problemIds.join('\n') === b.problemIds.join('\n');

/** Every arm beside the untrained base of its cell; without one, or on other problems, an arm has no row. */
export function tabulateGainParts(input: ComparisonInput, finals: readonly FinalCounts[]): GainPartRow[] {
  const names = new Set(input.conditions.map(({ name }) => name));
  const forced = new Map(input.forcedFormats.map((row) => [forcedKey(row), row]));
  const find = (name: string | null, like: FinalCounts): FinalCounts | null =>
    finals.find(
      (final) => final.condition === name && final.split === like.split && isSameProblems(final, like),
    ) ?? null;
  return finals.flatMap((arm) => {
    const base = find(referenceFor(arm.condition, 'base', names), arm);
    if (base === null || arm.condition.split('/')[0] === 'base') return [];
    const best = referenceFor(arm.condition, 'base-best-temperature', names);
    const isBest = arm.condition.split('/')[0] === 'base-best-temperature';
    const tempered = isBest ? arm : find(best, arm);
    return toRow({ arm, base, tempered }, forced, input.experiment.fingerprint);
  });
}
