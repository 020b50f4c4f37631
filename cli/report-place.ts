import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../artifacts/home.ts';
import { REPORT_PAGE } from '../reports/report-file.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Where an experiment's report is written unless told otherwise. */
export function reportDirectory(home: Home, { id, name }: Named): string {
  return join(home.reports, `${name}-${id.slice(0, 12)}`);
}

/** The page that was last written there; null before that. */
export function findReportPage(home: Home, experiment: Named): string | null {
  const page = join(reportDirectory(home, experiment), REPORT_PAGE);
  return existsSync(page) ? page : null;
}
