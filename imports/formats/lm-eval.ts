import { createHash } from 'node:crypto';
import type { ImportFormat } from '../import-format.ts';
import { peekRow, readFirstRows, readJsonLines, type JsonRow, type NumberedRow } from '../json-lines.ts';
import type { SourceFile } from '../source-file.ts';
import type { SourceHeader, SourceSample } from '../source-sample.ts';
import { toSettings } from '../to-settings.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import {
  describeLmEval,
  listAggregates,
  listLmEvalSettings,
  readLmEvalNeighbors,
  readModel,
  readRunSeed,
  type LmEvalNeighbors,
} from './lm-eval-results.ts';
import {
  listRequests,
  listResponses,
  listScores,
  readFilter,
  toLmEvalSamples,
  type LmEvalScore,
} from './lm-eval-row.ts';

/** Rows that are read to tell what a file holds. */
const FIRST_ROWS = 100;

/** How a row begins that is longer than what is seen of a file. */
const ROW_START = /^\s*\{\s*"doc_id"\s*:\s*\d+\s*,\s*"doc"\s*:/;
const RESULTS_START = /^\s*\{\s*"results"\s*:\s*\{/;

/** The results file of an evaluation, which has no samples. */
function isResults(head: string): boolean {
  return RESULTS_START.test(head) && /"(?:alias|lm_eval_version)"|_stderr,/.test(head);
}

function isSamples(head: string): boolean {
  const row = peekRow(head);
  if (row === null) return ROW_START.test(head);
  return ['doc_id', 'resps', 'filtered_resps'].every((name) => Object.hasOwn(row, name));
}

function listScorers(rows: readonly JsonRow[], { task, results }: LmEvalNeighbors): string[] {
  const aggregates = results.kind === 'read' && task !== null ? listAggregates(results.value, task) : [];
  return [...new Set([...rows.flatMap(listScores), ...aggregates])];
}

function splitScorer(name: string): LmEvalScore {
  const comma = name.indexOf(',');
  return { metric: name.slice(0, comma), filter: name.slice(comma + 1) };
}

/**
 * @param wanted `metric,filter`, or `metric`: of the first filter that has it. Without a results file, rows that were
 *   not looked at yet may have a filter that is not known
 */
function chooseScorer(
  path: string,
  { scorers, isWhole }: { readonly scorers: readonly string[]; readonly isWhole: boolean },
  wanted: string | null,
): LmEvalScore {
  const name =
    wanted === null
      ? scorers[0]
      : scorers.find((known) => known === wanted || known.startsWith(`${wanted},`));
  if (name !== undefined) return splitScorer(name);
  if (wanted?.includes(',') && !isWhole) return splitScorer(wanted);
  const known = scorers.length === 0 ? 'its rows have no metric' : `it has ${scorers.join(' and ')}`;
  const found = wanted === null ? 'there is no score' : `there is no score ${JSON.stringify(wanted)}`;
  throw new UnreadableSourceError(path, null, `${found}: ${known}; name one as metric or metric,filter`);
}

/** Several responses with one score cannot be told apart as samples, which a reader may expect. */
function describeRepeats(row: JsonRow | undefined, { metric, filter }: LmEvalScore): string[] {
  const repeats = row === undefined ? 0 : listResponses(row).length;
  if (repeats < 2 || Array.isArray(row![metric])) return [];
  return [`each problem has ${repeats} responses and one score, of the filter ${filter}: one sample each`];
}

function toHeader(rows: readonly JsonRow[], neighbors: LmEvalNeighbors, score: LmEvalScore): SourceHeader {
  const { task, results } = neighbors;
  const told = results.kind === 'read' ? results.value : null;
  const row = rows.find((each) => readFilter(each) === score.filter);
  const [, parameters] = listRequests(row ?? {})[0] ?? [];
  const sampling = typeof parameters === 'object' ? (parameters as Record<string, unknown>) : {};
  const settings = told === null ? {} : listLmEvalSettings(told, task!);
  const unread =
    results.kind === 'read'
      ? []
      : [`the results file ${results.reason}: model and settings are not told in full`];
  return {
    tool: told === null ? 'lm_eval of an unknown version' : describeLmEval(told),
    model: told === null ? null : readModel(told),
    task,
    scorer: `${score.metric},${score.filter}`,
    scorers: listScorers(rows, neighbors),
    settings: toSettings({ ...settings, ...sampling }),
    notices: [...unread, ...describeRepeats(row, score)],
  };
}

function checkRow(path: string, { number, row }: NumberedRow): void {
  const { doc_id } = row;
  if (typeof doc_id === 'string' || Number.isSafeInteger(doc_id)) return;
  const found = `doc_id is ${JSON.stringify(doc_id)?.slice(0, 60) ?? 'missing'}`;
  throw new UnreadableSourceError(path, number, `${found}, expected the number of a document`);
}

function findTaskHash({ task, results }: LmEvalNeighbors): string | null {
  const hashes = results.kind === 'read' ? (results.value.task_hashes ?? {}) : {};
  return task !== null && Object.hasOwn(hashes, task) ? hashes[task]! : null;
}

/**
 * Holds rows to the harness's checksum of a task, over three hashes of each row. A results file is none the less of use
 * where it, or a row, has no hash: then nothing is checked.
 */
function createChecksum(path: string, neighbors: LmEvalNeighbors) {
  const expected = findTaskHash(neighbors);
  const hash = createHash('sha256');
  let isChecked = expected !== null;
  return {
    add({ doc_hash, prompt_hash, target_hash }: JsonRow): void {
      const parts = [doc_hash, prompt_hash, target_hash];
      isChecked &&= parts.every((part) => typeof part === 'string');
      if (isChecked) hash.update(parts.join(''));
    },
    check(): void {
      if (!isChecked || hash.digest('hex') === expected) return;
      const found = 'its rows are not those of the results file beside it, by the checksum task_hashes';
      const mend = 'get a whole copy, or move the results file away to read the rows as they are';
      throw new UnreadableSourceError(path, null, `${found}: rows were probably cut off or changed; ${mend}`);
    },
  };
}

async function* readSamples(
  file: SourceFile,
  neighbors: LmEvalNeighbors,
  score: LmEvalScore,
): AsyncGenerator<SourceSample> {
  const seed = neighbors.results.kind === 'read' ? readRunSeed(neighbors.results.value) : null;
  const checksum = createChecksum(file.path, neighbors);
  let found = 0;
  for await (const numbered of readJsonLines(file)) {
    checkRow(file.path, numbered);
    checksum.add(numbered.row);
    if (readFilter(numbered.row) !== score.filter) continue;
    found += 1;
    yield* toLmEvalSamples(numbered.row, score, seed);
  }
  checksum.check();
  if (found === 0)
    throw new UnreadableSourceError(file.path, null, `no row has the filter ${JSON.stringify(score.filter)}`);
}

/** The samples of one task that lm-evaluation-harness writes with `--log_samples`. */
export const lmEval: ImportFormat = {
  name: 'lm-eval',
  description: 'samples_TASK_DATE.jsonl that lm-evaluation-harness writes with --log_samples',
  recognizes: ({ container, head }) => container === 'text' && (isSamples(head) || isResults(head)),
  isBeside: ({ head }) => isResults(head),
  async open(file, { scorer }) {
    if (isResults(file.head))
      throw new UnreadableSourceError(
        file.path,
        null,
        'it is a results file of lm-evaluation-harness, which holds no samples; give samples_TASK_DATE.jsonl beside it, which --log_samples writes',
      );
    const rows = await readFirstRows(file, FIRST_ROWS);
    const neighbors = await readLmEvalNeighbors(file.path);
    const known = { scorers: listScorers(rows, neighbors), isWhole: neighbors.results.kind === 'read' };
    const score = chooseScorer(file.path, known, scorer);
    return { header: toHeader(rows, neighbors, score), samples: readSamples(file, neighbors, score) };
  },
};
