import type { Home } from '../../artifacts/home.ts';
import type { Database } from '../../db/store/connection.ts';
import type { ComparisonInput } from '../../reports/comparison/comparison-input.ts';
import { loadTexts, type ChosenArm } from '../../reports/imports/load-arms.ts';
import { keysOf, toFinalSamples } from '../../reports/imports/to-comparison-input.ts';
import { listShownProblems } from '../../reports/page/problem-section.ts';
import { describeUnverified } from '../../reports/text/unverified-text.ts';
import { toVerdictDocument } from '../../reports/verdicts/to-verdict-document.ts';
import { toComparisonMarkdown } from '../../reports/text/comparison-markdown.ts';
import { analyzeReport, writeAnalyzed, type AnalyzedComparison } from '../../reports/write-report.ts';
import { toDecided } from '../claims/print-verdicts.ts';
import { reportDirectory } from '../report-place.ts';
import { printAnswer, printUnverified } from '../write-experiment-report.ts';
import { assertQuestion, type CompareOptions } from './compare-options.ts';
import { loadImportedComparison } from './load-comparison.ts';

/** What a reader has to know before any number. */
function printNotices({ imported, unverified, runs }: ComparisonInput): void {
  printUnverified({ unverified: describeUnverified(unverified, runs) });
  for (const line of imported?.notices ?? []) console.error(line);
}

/** Of letters and digits, and short enough for every file system. */
const toFolderName = (name: string): string => name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60);

type Loaded = Awaited<ReturnType<typeof loadImportedComparison>>;

/** The texts that the page has place for; of a large file reading all would take more time and memory than all numbers. */
function readTexts(
  db: Database,
  { chosen, loaded }: { readonly chosen: readonly ChosenArm[]; readonly loaded: Loaded },
  { input, analysis }: AnalyzedComparison,
): AnalyzedComparison {
  const keys = listShownProblems(analysis).flatMap(({ split, ids }) => keysOf(loaded, split, ids));
  const finalSamples = toFinalSamples(loaded, loadTexts(db, chosen, { ...loaded.load, keys }));
  return { input: { ...input, finalSamples }, analysis };
}

/** Compares arms of imported results: prints the answer, writes the report; returns the exit code of the verdicts. */
export async function compareArms(
  db: Database,
  { chosen, home }: { readonly chosen: readonly ChosenArm[]; readonly home: Home },
  options: CompareOptions,
): Promise<number> {
  assertQuestion(options);
  const loaded = await loadImportedComparison(db, chosen, options);
  printNotices(loaded.input);
  const { name, fingerprint: id } = loaded.input.experiment;
  const analyzed = analyzeReport(loaded.input);
  const { entry } = toDecided(analyzed.input, analyzed.analysis);
  const document = toVerdictDocument([{ ...entry, notices: [...(loaded.input.imported?.notices ?? [])] }]);
  const directory = options.output ?? reportDirectory(home, { id, name: toFolderName(name) });
  const written = await writeAnalyzed(readTexts(db, { chosen, loaded }, analyzed), directory);
  if (options.json !== true && options.markdown !== true) printAnswer(written);
  else {
    console.log(
      options.json === true ? JSON.stringify(document, null, 2) : toComparisonMarkdown(analyzed.analysis),
    );
    console.error(`Report: ${written.page}`);
  }
  return document.exitCode;
}
