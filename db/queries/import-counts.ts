import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Database } from '../store/connection.ts';
import { importProblems, importRuns, importSamples, imports } from '../import-schema.ts';
import type { ImportRun } from './imports.ts';

/** What all samples of one problem in one run came to. */
export interface ImportCounts extends ImportRun {
  /** Number of the problem within its import, from 0. */
  readonly problem: number;
  /** Tells the problem apart in every import. */
  readonly key: string;
  readonly sourceId: string;
  /** Empty: the source has no splits. */
  readonly split: string;
  readonly cluster: string | null;
  readonly target: string | null;
  /** Samples with a score. */
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Whether every score is 0 or 1. */
  readonly isBinary: boolean;
  /** Samples without a score; not in `n`. */
  readonly failures: number;
  /** Completion tokens of the samples that tell them, failed ones too; null: none does. */
  readonly tokens: number | null;
  readonly samplesWithTokens: number;
  /** Each answer of a scored sample (empty text: none) → how many gave it; null: no sample tells one. */
  readonly answers: Readonly<Record<string, number>> | null;
  /** Each stated confidence (empty text: none) → samples and the sum of their scores; null: no sample states one. */
  readonly confidences: Readonly<Record<string, Share>> | null;
}

interface SampleRow {
  readonly importProblem: number;
  readonly score: number | null;
  readonly answer: string | null;
  readonly confidence: number | null;
  readonly tokens: number | null;
}

type NumberedProblem = Pick<ImportCounts, 'problem' | 'key' | 'sourceId' | 'split' | 'cluster' | 'target'>;

/** Which runs are counted, and how. */
export interface CountOptions {
  /** Only this arm's runs; left out: all. */
  readonly arm?: string | null;
  /** What a stored score counts as; left out: itself. */
  readonly toScore?: (score: number) => number;
}

/** Scored samples and the sum of their scores. */
interface Share {
  n: number;
  c: number;
}

/** What scored samples say beside their score, such as an answer, by its text. */
class ToldValues {
  private readonly shares = new Map<string, Share>();

  add(value: string, score: number): void {
    const found = this.shares.get(value);
    if (found === undefined) this.shares.set(value, { n: 1, c: score });
    else {
      found.n += 1;
      found.c += score;
    }
  }

  /** Those that say nothing, of `n` in all, stand under the empty text. */
  list(all: { readonly n: number; readonly sum: number }): ReadonlyMap<string, Readonly<Share>> {
    const rest = { n: all.n, c: all.sum };
    for (const { n, c } of this.shares.values()) {
      rest.n -= n;
      rest.c -= c;
    }
    if (rest.n === 0) return this.shares;
    const silent = this.shares.get('') ?? { n: 0, c: 0 };
    return new Map(this.shares).set('', { n: silent.n + rest.n, c: silent.c + rest.c });
  }
}

/** So many different answers are kept, so that the same one of single samples is one object in memory. */
const MOST_SHARED = 4096;

/** Answers → how many gave them. */
class AnswerShelf {
  private readonly single = new Map<string, Readonly<Record<string, number>>>();

  place(told: ReadonlyMap<string, Readonly<Share>>): Readonly<Record<string, number>> {
    const [first] = told;
    if (told.size !== 1 || first![1].n !== 1) return toRecord(told, ({ n }) => n);
    const known = this.single.get(first![0]);
    if (known !== undefined) return known;
    const placed = toRecord(told, ({ n }) => n);
    if (this.single.size < MOST_SHARED) this.single.set(first![0], placed);
    return placed;
  }
}

/** An answer may be called `__proto__`, which assignment to a member would lose. */
function toRecord<Member>(
  told: ReadonlyMap<string, Readonly<Share>>,
  pick: (share: Readonly<Share>) => Member,
): Readonly<Record<string, Member>> {
  return Object.fromEntries([...told].map(([value, share]) => [value, pick(share)]));
}

/** Adds samples of one problem up. */
class SampleTally {
  // Most sources say neither, and a million empty maps are a burden.
  private answers: ToldValues | null = null;
  private confidences: ToldValues | null = null;
  private n = 0;
  private sum = 0;
  private sumOfSquares = 0;
  private isBinary = true;
  private failures = 0;
  private tokens = 0;
  private samplesWithTokens = 0;

  constructor(private readonly toScore: (score: number) => number) {}

  add({ score: told, answer, confidence, tokens }: SampleRow): void {
    if (tokens !== null) {
      this.tokens += tokens;
      this.samplesWithTokens += 1;
    }
    if (told === null) {
      this.failures += 1;
      return;
    }
    const score = this.toScore(told);
    this.n += 1;
    this.sum += score;
    this.sumOfSquares += score * score;
    if (score !== 0 && score !== 1) this.isBinary = false;
    if (answer !== null) (this.answers ??= new ToldValues()).add(answer, score);
    if (confidence !== null) (this.confidences ??= new ToldValues()).add(String(confidence), score);
  }

  finish(run: ImportRun, of: NumberedProblem, shelf: AnswerShelf): ImportCounts {
    const { n, sum, answers, confidences, samplesWithTokens } = this;
    return {
      run: run.run,
      arm: run.arm,
      seed: run.seed,
      problem: of.problem,
      key: of.key,
      sourceId: of.sourceId,
      split: of.split,
      cluster: of.cluster,
      target: of.target,
      n,
      sum,
      sumOfSquares: this.sumOfSquares,
      isBinary: this.isBinary,
      failures: this.failures,
      tokens: samplesWithTokens === 0 ? null : this.tokens,
      samplesWithTokens,
      answers: answers === null ? null : shelf.place(answers.list({ n, sum })),
      confidences:
        confidences === null ? null : toRecord(confidences.list({ n, sum }), (share) => ({ ...share })),
    };
  }
}

/** SQL for speed: a row of a typed query takes several times as long, and there may be millions. */
const SAMPLES = `select import_problem as importProblem, score, answer, confidence, tokens
  from import_samples where import_run = ? order by import_problem, sample`;

function listRunRows(db: Database, importId: string, arm: string | null | undefined) {
  const rows = db
    .select({ id: importRuns.id, run: importRuns.run, arm: importRuns.arm, seed: importRuns.seed })
    .from(importRuns)
    .innerJoin(imports, eq(imports.key, importRuns.importKey))
    .where(eq(imports.id, importId))
    .orderBy(asc(importRuns.run))
    .all();
  return arm === undefined ? rows : rows.filter((row) => row.arm === arm);
}

const PROBLEMS = `select p.id, p.problem, p.key, p.source_id as sourceId, p.split, p.cluster, p.target
  from import_problems p join imports i on i.key = p.import_key where i.id = ?`;

function mapProblems(db: Database, importId: string): ReadonlyMap<number, NumberedProblem> {
  const rows = db.$client.prepare(PROBLEMS).iterate(importId) as IterableIterator<
    NumberedProblem & { readonly id: number }
  >;
  const problems = new Map<number, NumberedProblem>();
  for (const row of rows) problems.set(row.id, row);
  return problems;
}

/**
 * What the samples of an import came to, by run and within it by problem. Reads them one after another; until it is done
 * the connection cannot write.
 */
export function* listImportCounts(
  db: Database,
  importId: string,
  { arm, toScore = (score) => score }: CountOptions = {},
): Generator<ImportCounts> {
  const problems = mapProblems(db, importId);
  const samples = db.$client.prepare(SAMPLES);
  const shelf = new AnswerShelf();
  for (const { id, ...run } of listRunRows(db, importId, arm)) {
    let at: number | null = null;
    let tally = new SampleTally(toScore);
    for (const row of samples.iterate(id) as IterableIterator<SampleRow>) {
      if (at !== null && at !== row.importProblem) {
        yield tally.finish(run, problems.get(at)!, shelf);
        tally = new SampleTally(toScore);
      }
      at = row.importProblem;
      tally.add(row);
    }
    if (at !== null) yield tally.finish(run, problems.get(at)!, shelf);
  }
}

/** One sample with its text, as a report shows it. */
export interface ImportText {
  readonly problem: number;
  readonly key: string;
  readonly split: string;
  readonly sourceId: string;
  readonly prompt: string | null;
  readonly target: string | null;
  readonly sample: number;
  readonly score: number | null;
  readonly failure: string | null;
  readonly answer: string | null;
  readonly completion: string | null;
}

/** Which samples a report shows: the first of each problem of a run. */
export interface ShownTexts {
  readonly importId: string;
  readonly run: number;
  /** At most so many of a problem. */
  readonly samples: number;
  /** Keys of the problems; left out: all. */
  readonly keys?: readonly string[];
}

/** The first samples of a run's problems, by problem and sample. */
export function listImportTexts(db: Database, shown: ShownTexts): ImportText[] {
  const ofProblem = sql`row_number() over (partition by ${importSamples.importProblem} order by ${importSamples.sample})`;
  const isShown = shown.keys === undefined ? undefined : inArray(importProblems.key, [...shown.keys]);
  const ranked = db
    .select({
      problem: importProblems.problem,
      key: importProblems.key,
      split: importProblems.split,
      sourceId: importProblems.sourceId,
      prompt: importProblems.prompt,
      target: importProblems.target,
      sample: importSamples.sample,
      score: importSamples.score,
      failure: importSamples.failure,
      answer: importSamples.answer,
      completion: importSamples.completion,
      rank: ofProblem.as('rank'),
    })
    .from(importSamples)
    .innerJoin(importProblems, eq(importProblems.id, importSamples.importProblem))
    .innerJoin(importRuns, eq(importRuns.id, importSamples.importRun))
    .innerJoin(imports, eq(imports.key, importRuns.importKey))
    .where(and(eq(imports.id, shown.importId), eq(importRuns.run, shown.run), isShown))
    .as('ranked');
  const rows = db
    .select()
    .from(ranked)
    .where(lte(ranked.rank, shown.samples))
    .orderBy(asc(ranked.problem), asc(ranked.sample))
    .all();
  return rows.map(({ rank: _, ...text }) => text);
}
