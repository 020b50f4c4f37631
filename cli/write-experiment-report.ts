import type { Database } from '../db/store/connection.ts';
import { findExperiment } from '../db/queries/experiments.ts';
import { loadComparison } from '../reports/comparison/load-comparison.ts';
import { writeReport, type WrittenReport } from '../reports/write-report.ts';
import type { Home } from '../artifacts/home.ts';
import { reportDirectory } from './report-place.ts';

/** Writes an experiment's report to `output`, or beside its other results. */
export function writeExperimentReport(
  db: Database,
  home: Home,
  { experimentId, output }: { readonly experimentId: string; readonly output?: string | undefined },
): Promise<WrittenReport> {
  return writeReport(
    loadComparison(db, experimentId),
    output ?? reportDirectory(home, findExperiment(db, experimentId)),
  );
}

/** Says on the screen what the report says first, where answers could not be verified. */
export function printUnverified({ unverified }: Pick<WrittenReport, 'unverified'>): void {
  if (unverified === null) return;
  console.error(unverified.head);
  for (const arm of unverified.arms) console.error(`  ${arm}`);
}

/** The answer, and the one file to open. */
export function printAnswer({ answer, page }: Pick<WrittenReport, 'answer' | 'page'>): void {
  for (const line of answer) console.log(line);
  console.log(`Report: ${page}`);
}
