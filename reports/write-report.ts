import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { analyzeComparison, assertConsistent, type Analysis } from './comparison/analyze-comparison.ts';
import type { ComparisonInput } from './comparison/comparison-input.ts';
import { REPORT_PAGE } from './report-file.ts';
import { toCsvFiles } from './text/csv-files.ts';
import { renderReportPage } from './page/report-page.ts';
import { sortComparison } from './comparison/sort-comparison.ts';
import { toSummaryMarkdown } from './text/summary-markdown.ts';
import { describeUnverified, type UnverifiedNotice } from './text/unverified-text.ts';

/** A report on disk. */
export interface WrittenReport {
  /** The answer to the experiment's question, a sentence each. */
  readonly answer: readonly string[];
  /** What stands above it, where answers could not be verified. */
  readonly unverified: UnverifiedNotice | null;
  /** The file to open. */
  readonly page: string;
  /** Paths of all files, sorted. */
  readonly files: string[];
}

/** Rows in the one order of every file, and every number that a report has of them. */
export interface AnalyzedComparison {
  readonly input: ComparisonInput;
  readonly analysis: Analysis;
}

/** @throws IncomparableError when the rows cannot be compared */
export function analyzeReport(comparison: ComparisonInput): AnalyzedComparison {
  assertConsistent(comparison);
  const input = sortComparison(comparison);
  return { input, analysis: analyzeComparison(input) };
}

/**
 * Writes report.html, summary.md and the CSV tables into `directory` (made when missing).
 * Equal input gives equal bytes. Each file is renamed into place, so a reader never sees half of one.
 *
 * @throws IncomparableError when the rows cannot be compared
 */
export async function writeReport(comparison: ComparisonInput, directory: string): Promise<WrittenReport> {
  return writeAnalyzed(analyzeReport(comparison), directory);
}

/** `writeReport` of what is analyzed already. */
export async function writeAnalyzed(
  { input, analysis }: AnalyzedComparison,
  directory: string,
): Promise<WrittenReport> {
  const files = new Map([
    [REPORT_PAGE, await renderReportPage(input, analysis)],
    ['summary.md', toSummaryMarkdown(input, analysis)],
    ...toCsvFiles(input, analysis),
  ]);
  await mkdir(directory, { recursive: true });
  const names = [...files.keys()].sort();
  for (const name of names) {
    const path = join(directory, name);
    await writeFile(`${path}.partial`, files.get(name)!);
    await rename(`${path}.partial`, path);
  }
  return {
    answer: analysis.answer,
    unverified: describeUnverified(input.unverified, input.runs),
    page: join(directory, REPORT_PAGE),
    files: names.map((name) => join(directory, name)),
  };
}
