import type { Database } from '../../db/store/connection.ts';
import { listImportCounts, listImportTexts, type ImportCounts } from '../../db/queries/import-counts.ts';
import { listImportRuns, type ImportRecord } from '../../db/queries/imports.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { flattenSettings } from '../comparison/differing-settings.ts';
import type { ImportedArm, ImportedCount, ImportedRun } from './imported-arm.ts';
import type { Scoring } from './scoring.ts';
import { ALL } from './pair-arms.ts';
import { toOneLine } from './to-one-line.ts';
import type { ImportedSample } from './to-comparison-input.ts';

/** One arm of one import, under the name that a comparison gives it. */
export interface ChosenArm {
  readonly name: string;
  readonly record: ImportRecord;
  /** Which of the import's arms; null: it has one without a name. */
  readonly arm: string | null;
}

/** How samples become the numbers that are compared. */
export interface LoadOptions {
  readonly scoring: Scoring;
  /** Only these splits; null: all. */
  readonly splits: readonly string[] | null;
  /** What tells a problem apart: all that was asked, or what its source calls it, as for logs of other chat templates. */
  readonly pairBy: 'prompt' | 'id';
  /** Whether problems of one cluster count as alike. */
  readonly usesClusters: boolean;
  /** The split of a problem in place of its own; null: its own. */
  readonly splitOf: ((problem: { readonly sourceId: string; readonly key: string }) => string | null) | null;
}

/** The split that a problem is compared in. */
function placeInSplit(
  problem: Pick<ImportCounts, 'split' | 'sourceId' | 'key'>,
  { splitOf }: Pick<LoadOptions, 'splitOf'>,
): string {
  return splitOf?.(problem) ?? (toOneLine(problem.split) || ALL);
}

const NO_ANSWERS: ImportedCount['answers'] = {};

/** What pairs a problem with that of another arm. */
export function keyOf(
  { key, sourceId }: { readonly key: string; readonly sourceId: string },
  { pairBy }: Pick<LoadOptions, 'pairBy'>,
): string {
  return pairBy === 'id' ? sourceId : key;
}

function toCount(row: ImportCounts, options: LoadOptions): ImportedCount {
  const { n, tokens, samplesWithTokens } = row;
  return {
    split: placeInSplit(row, options),
    key: keyOf(row, options),
    sourceId: row.sourceId,
    cluster: options.usesClusters ? row.cluster : null,
    target: row.target,
    n,
    sum: row.sum,
    sumOfSquares: row.sumOfSquares,
    isBinary: row.isBinary,
    failed: row.failures,
    tokens: tokens === null || samplesWithTokens < n ? null : tokens,
    answers: row.answers ?? NO_ANSWERS,
    confidences: row.confidences,
  };
}

function loadRuns(db: Database, { record, arm }: ChosenArm, options: LoadOptions): ImportedRun[] {
  const runs = new Map<number, { seed: number | null; counts: ImportedCount[] }>();
  for (const row of listImportCounts(db, record.id, { arm, toScore: options.scoring.toScore })) {
    const count = toCount(row, options);
    if (options.splits !== null && !options.splits.includes(count.split)) continue;
    const known = runs.get(row.run);
    if (known === undefined) runs.set(row.run, { seed: row.seed, counts: [count] });
    else known.counts.push(count);
  }
  return [...runs.values()];
}

/** Of what a source tells of itself, what a comparison reads. */
interface StoredHeader {
  readonly tool: string | null;
  readonly model: string | null;
  readonly task: string | null;
  readonly scorer: string | null;
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
}

export function readHeader({ header }: Pick<ImportRecord, 'header'>): StoredHeader {
  return JSON.parse(header) as StoredHeader;
}

/** What a header tells, as label → value. */
function describeHeader(record: ImportRecord): Record<string, string> {
  const { tool, model, task, scorer } = readHeader(record);
  return Object.fromEntries(
    Object.entries({ tool, model, task, scorer }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    ),
  );
}

/** Arms of one name are runs of one arm. */
export function loadArms(db: Database, chosen: readonly ChosenArm[], options: LoadOptions): ImportedArm[] {
  return [...groupRows(chosen, ({ name }) => name)].map(([name, parts]) => ({
    name,
    runs: parts.flatMap((part) => loadRuns(db, part, options)),
    sources: parts.map(({ record }) => ({
      ...{ arm: name, file: record.source, sha256: record.sha256, format: record.format },
      ...{ details: describeHeader(record), samples: record.samples, failed: record.failures },
    })),
    settings: {
      ...describeHeader(parts[0]!.record),
      ...flattenSettings(readHeader(parts[0]!.record).settings, 'settings'),
    },
  }));
}

/** Of each problem so many texts are shown. */
const SHOWN_SAMPLES = 3;

function nameVerdict(score: number | null): string {
  if (score === null) return 'unverifiable';
  return score === 1 ? 'correct' : score === 0 ? 'incorrect' : `score ${score}`;
}

/** The first texts of the first run of each arm, of problems with these keys. */
export function loadTexts(
  db: Database,
  chosen: readonly ChosenArm[],
  { keys, ...options }: LoadOptions & { readonly keys: readonly string[] },
): ImportedSample[] {
  return [...groupRows(chosen, ({ name }) => name)].flatMap(([name, [first]]) => {
    const { record, arm } = first!;
    const run = listImportRuns(db, record.id).find((one) => one.arm === arm)!;
    const shown = { importId: record.id, run: run.run, samples: SHOWN_SAMPLES };
    const isByKey = options.pairBy === 'prompt';
    const wanted = new Set(keys);
    return listImportTexts(db, isByKey ? { ...shown, keys } : shown).flatMap((text) =>
      (text.completion === null && text.answer === null) || !wanted.has(keyOf(text, options))
        ? []
        : [
            {
              arm: name,
              split: placeInSplit(text, options),
              key: keyOf(text, options),
              prompt: text.prompt ?? text.sourceId,
              completion: text.completion ?? text.answer!,
              target: text.target ?? '',
              verdict: nameVerdict(text.score === null ? null : options.scoring.toScore(text.score)),
            },
          ],
    );
  });
}
