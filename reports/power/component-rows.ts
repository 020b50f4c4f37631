import { csvTable, type CsvCell } from '../text/csv-table.ts';
import { parseCsv } from '../text/parse-csv.ts';

/** Variances behind one hypothesis of a claim, from runs that are over. */
export interface ComponentRow {
  readonly claim: string;
  readonly scale: string;
  /** What was compared, e.g. "grpo − base". */
  readonly comparison: string;
  /** What it was measured by, e.g. "pass@1 on clean". */
  readonly metric: string;
  /** Between base models; that between the seeds of one is inside where each had one seed. */
  readonly bases: number;
  readonly seeds: number;
  /** 0 for a metric that is one number per run. */
  readonly problems: number;
  /** Of one run on one problem; null: not to be told from the others, so that it lies between 0 and the most that they can hold. */
  readonly residual: number | null;
  /** What they were estimated from. */
  readonly measuredBases: number;
  readonly measuredRuns: number;
  /** 1: one number per run. */
  readonly measuredProblems: number;
  /** Where the numbers come from. */
  readonly source: string;
}

const COLUMNS: readonly (readonly [name: string, cell: (row: ComponentRow) => CsvCell])[] = [
  ['claim', ({ claim }) => claim],
  ['scale', ({ scale }) => scale],
  ['comparison', ({ comparison }) => comparison],
  ['metric', ({ metric }) => metric],
  ['variance_bases', ({ bases }) => bases],
  ['variance_seeds', ({ seeds }) => seeds],
  ['variance_problems', ({ problems }) => problems],
  ['variance_residual', ({ residual }) => residual],
  ['bases', ({ measuredBases }) => measuredBases],
  ['runs', ({ measuredRuns }) => measuredRuns],
  ['problems', ({ measuredProblems }) => measuredProblems],
  ['source', ({ source }) => source],
];

export function toComponentCsv(rows: readonly ComponentRow[]): string {
  return csvTable(
    COLUMNS.map(([name]) => name),
    rows.map((row) => COLUMNS.map(([, cell]) => cell(row))),
  );
}

export function parseComponentCsv(text: string): ComponentRow[] {
  return parseCsv(text).map((row) => ({
    claim: row['claim']!,
    scale: row['scale']!,
    comparison: row['comparison']!,
    metric: row['metric']!,
    bases: Number(row['variance_bases']),
    seeds: Number(row['variance_seeds']),
    problems: Number(row['variance_problems']),
    residual: row['variance_residual'] === '' ? null : Number(row['variance_residual']),
    measuredBases: Number(row['bases']),
    measuredRuns: Number(row['runs']),
    measuredProblems: Number(row['problems']),
    source: row['source']!,
  }));
}
