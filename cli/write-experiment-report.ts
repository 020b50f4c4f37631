import { join } from 'node:path';
import type { Database } from '../db/store/connection.ts';
import { findExperiment } from '../db/queries/experiments.ts';
import { loadComparison } from '../reports/comparison/load-comparison.ts';
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

export function printReportPaths(paths: readonly string[]): void {
  console.log('Report:');
  for (const path of paths) console.log(`  ${path}`);
}
