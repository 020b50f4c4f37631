import type { Database } from '../db/store/connection.ts';
import { findExperiment } from '../db/queries/experiments.ts';
import { listUnverifiedCounts } from '../db/queries/report-queries.ts';
import { listRuns } from '../db/queries/runs.ts';
import { loadComparison } from '../reports/comparison/load-comparison.ts';
import { describeUnverified } from '../reports/text/unverified-text.ts';
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
export function printUnverified(db: Database, experimentId: string): void {
  const runs = listRuns(db, experimentId).map(({ id, conditionName }) => ({ id, condition: conditionName }));
  const notice = describeUnverified(listUnverifiedCounts(db, experimentId), runs);
  if (notice === null) return;
  console.error(notice.head);
  for (const arm of notice.arms) console.error(`  ${arm}`);
}

/** The answer, and the one file to open. */
export function printAnswer({ answer, page }: Pick<WrittenReport, 'answer' | 'page'>): void {
  for (const line of answer) console.log(line);
  console.log(`Report: ${page}`);
}
