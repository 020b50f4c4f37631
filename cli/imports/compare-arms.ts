import { join } from 'node:path';
import type { Home } from '../../artifacts/home.ts';
import type { Database } from '../../db/store/connection.ts';
import { analyzeComparison } from '../../reports/comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../../reports/comparison/comparison-input.ts';
import { sortComparison } from '../../reports/comparison/sort-comparison.ts';
import type { ChosenArm } from '../../reports/imports/load-arms.ts';
import { describeUnverified } from '../../reports/text/unverified-text.ts';
import { toVerdictDocument } from '../../reports/verdicts/to-verdict-document.ts';
import { toComparisonMarkdown } from '../../reports/text/comparison-markdown.ts';
import { writeReport } from '../../reports/write-report.ts';
import { decideComparison } from '../claims/print-verdicts.ts';
import { reportDirectory } from '../report-place.ts';
import { assertQuestion, type CompareOptions } from './compare-options.ts';
import { loadImportedComparison } from './load-comparison.ts';

/** What a reader has to know before any number. */
function printNotices({ imported, unverified, runs }: ComparisonInput): void {
  const notice = describeUnverified(unverified, runs);
  if (notice !== null) console.error([notice.head, ...notice.arms.map((arm) => `  ${arm}`)].join('\n'));
  for (const line of imported?.notices ?? []) console.error(line);
}

/** Compares arms of imported results: prints the answer, writes the report; returns the exit code of the verdicts. */
export async function compareArms(
  db: Database,
  { chosen, home }: { readonly chosen: readonly ChosenArm[]; readonly home: Home },
  options: CompareOptions,
): Promise<number> {
  assertQuestion(options);
  const input = await loadImportedComparison(db, chosen, options);
  printNotices(input);
  const { name, fingerprint: id } = input.experiment;
  const { entry } = decideComparison(input);
  const document = toVerdictDocument([entry]);
  const directory = options.output ?? reportDirectory(home, { id, name });
  const { answer, page } = await writeReport(input, directory);
  if (options.json === true) console.log(JSON.stringify(document, null, 2));
  else if (options.markdown === true)
    console.log(toComparisonMarkdown(analyzeComparison(sortComparison(input))));
  else for (const line of answer) console.log(line);
  const say = options.json === true || options.markdown === true ? console.error : console.log;
  say(`Report: ${join(page)}`);
  return document.exitCode;
}
