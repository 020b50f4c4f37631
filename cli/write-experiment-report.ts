import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../db/store/connection.ts';
import { findExperiment } from '../db/queries/experiments.ts';
import { loadComparison } from '../reports/comparison/load-comparison.ts';
import { REPORT_PAGE, writeReport, type WrittenReport } from '../reports/write-report.ts';
import type { Home } from '../artifacts/home.ts';

const directoryOf = (home: Home, { id, name }: { readonly id: string; readonly name: string }): string =>
  join(home.reports, `${name}-${id.slice(0, 12)}`);

/** Writes an experiment's report to `output`, or beside its other results. */
export function writeExperimentReport(
  db: Database,
  home: Home,
  { experimentId, output }: { readonly experimentId: string; readonly output?: string | undefined },
): Promise<WrittenReport> {
  return writeReport(
    loadComparison(db, experimentId),
    output ?? directoryOf(home, findExperiment(db, experimentId)),
  );
}

/** The answer, and the one file to open. */
export function printAnswer({ answer, page }: Pick<WrittenReport, 'answer' | 'page'>): void {
  for (const line of answer) console.log(line);
  console.log(`Report: ${page}`);
}

/** The page of an experiment's report as it was last written to its place; null before that. */
export function findReportPage(
  home: Home,
  experiment: { readonly id: string; readonly name: string },
): string | null {
  const page = join(directoryOf(home, experiment), REPORT_PAGE);
  return existsSync(page) ? page : null;
}
