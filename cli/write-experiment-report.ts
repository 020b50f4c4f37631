import { join } from 'node:path';
import type { Database } from '../db/store/connection.ts';
import { findExperiment } from '../db/queries/experiments.ts';
import { listUnverifiedCounts } from '../db/queries/report-queries.ts';
import { listRuns } from '../db/queries/runs.ts';
import { loadComparison } from '../reports/comparison/load-comparison.ts';
import { describeUnverified } from '../reports/text/unverified-text.ts';
import { writeReport } from '../reports/write-report.ts';
import type { Home } from '../artifacts/home.ts';

/** Writes an experiment's report to `output`, or beside its other results; returns the paths of its files. */
export function writeExperimentReport(
  db: Database,
  home: Home,
  { experimentId, output }: { readonly experimentId: string; readonly output?: string | undefined },
): Promise<string[]> {
  const { name } = findExperiment(db, experimentId);
  return writeReport(
    loadComparison(db, experimentId),
    output ?? join(home.reports, `${name}-${experimentId.slice(0, 12)}`),
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

export function printReportPaths(paths: readonly string[]): void {
  console.log('Report:');
  for (const path of paths) console.log(`  ${path}`);
}
