import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { analyzeComparison, assertConsistent } from './comparison/analyze-comparison.ts';
import type { ComparisonInput } from './comparison/comparison-input.ts';
import { toCsvFiles } from './text/csv-files.ts';
import { renderReportPage } from './page/report-page.ts';
import { sortComparison } from './comparison/sort-comparison.ts';
import { toSummaryMarkdown } from './text/summary-markdown.ts';

/**
 * Writes report.html, summary.md and the CSV tables into `directory` (made when missing) and returns their paths, sorted.
 * Equal input gives equal bytes. Each file is renamed into place, so a reader never sees half of one.
 *
 * @throws IncomparableError when the rows cannot be compared
 */
export async function writeReport(comparison: ComparisonInput, directory: string): Promise<string[]> {
  assertConsistent(comparison);
  const input = sortComparison(comparison);
  const analysis = analyzeComparison(input);
  const files = new Map([
    ['report.html', await renderReportPage(input, analysis)],
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
  return names.map((name) => join(directory, name));
}
