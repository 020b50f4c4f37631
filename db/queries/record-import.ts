import { and, eq, sql } from 'drizzle-orm';
import { writeTransaction, type Database } from '../store/connection.ts';
import { importProblems, importRuns, importSamples, imports } from '../import-schema.ts';
import type { ImportRecord, ImportRun } from './imports.ts';
import { prepareInsert } from './prepare-insert.ts';

/** A problem of an import; the writer numbers it. */
export type NewImportProblem = Omit<typeof importProblems.$inferInsert, 'id' | 'importKey' | 'problem'> & {
  readonly split: string;
};

/** A sample; run and problem by the row ids that the writer gave. */
export type ImportSample = Required<typeof importSamples.$inferInsert>;

/** The store has an import of that id or name by now. */
export class ImportExistsError extends Error {
  override readonly name = 'ImportExistsError';
}

/** Writes one import. Nothing of it is seen before `complete`; a killed writer's rows are removed at a later import. */
export interface ImportWriter {
  readonly key: number;
  /** One transaction, as long as `body` takes; the other methods but `complete` are for use in it. */
  write<Result>(body: () => Result): Result;
  /** Returns the row's id. */
  addRun(run: Omit<ImportRun, 'run'>): number;
  /** Returns the row's id. */
  addProblem(problem: NewImportProblem): number;
  /** Returns false, and changes nothing, where the run has that sample of the problem already. */
  addSample(sample: ImportSample): boolean;
  readSample(at: Pick<ImportSample, 'importRun' | 'importProblem' | 'sample'>): ImportSample;
  /** Gives problems other keys, which may be those that they exchange. */
  renameProblems(keys: readonly { readonly id: number; readonly key: string }[]): void;
  /** @throws {ImportExistsError} */
  complete(described: Pick<ImportRecord, 'id' | 'name' | 'format' | 'header' | 'notices'>): void;
}

function insertImport(db: Database, file: Pick<ImportRecord, 'source' | 'sha256' | 'bytes'>): number {
  const at = new Date().toISOString();
  return writeTransaction(
    db,
    (tx) =>
      tx
        .insert(imports)
        .values({ ...file, createdAt: at, touchedAt: at })
        .returning({ key: imports.key })
        .get().key,
  );
}

function prepareSample(db: Database) {
  return prepareInsert(db, importSamples, [
    'importRun',
    'importProblem',
    'sample',
    'score',
    'failure',
    'answer',
    'completion',
    'confidence',
    'tokens',
  ]);
}

function readSample(db: Database, at: Parameters<ImportWriter['readSample']>[0]): ImportSample {
  return db
    .select()
    .from(importSamples)
    .where(
      and(
        eq(importSamples.importRun, at.importRun),
        eq(importSamples.importProblem, at.importProblem),
        eq(importSamples.sample, at.sample),
      ),
    )
    .get()!;
}

/** In two passes, because the keys of an import are unique at every moment. */
function renameProblems(db: Database, keys: readonly { readonly id: number; readonly key: string }[]): void {
  const rename = (id: number, key: string): void => {
    db.update(importProblems).set({ key }).where(eq(importProblems.id, id)).run();
  };
  for (const { id } of keys) rename(id, `row ${id}`);
  for (const { id, key } of keys) rename(id, key);
}

function countRows(db: Database, key: number): Pick<ImportRecord, 'problems' | 'samples' | 'failures'> {
  const problems = db
    .select({ n: sql<number>`count(*)` })
    .from(importProblems)
    .where(eq(importProblems.importKey, key))
    .get()!.n;
  const { samples, failures } = db
    .select({ samples: sql<number>`count(*)`, failures: sql<number>`count(${importSamples.failure})` })
    .from(importSamples)
    .innerJoin(importRuns, eq(importRuns.id, importSamples.importRun))
    .where(eq(importRuns.importKey, key))
    .get()!;
  return { problems, samples, failures };
}

function completeImport(
  db: Database,
  key: number,
  { notices, ...described }: Parameters<ImportWriter['complete']>[0],
): void {
  const counts = countRows(db, key);
  try {
    writeTransaction(db, (tx) =>
      tx
        .update(imports)
        .set({ ...described, ...counts, notices: JSON.stringify(notices) })
        .where(eq(imports.key, key))
        .run(),
    );
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT')) throw error;
    throw new ImportExistsError(
      `another process has just made an import of this content, or one called ${described.name}; run the same command again`,
    );
  }
}

/** Begins an import of a file or of several. */
export function beginImport(
  db: Database,
  file: Pick<ImportRecord, 'source' | 'sha256' | 'bytes'>,
): ImportWriter {
  // Keys are random, so that their index is written all over.
  db.$client.pragma('cache_size = -65536');
  const key = insertImport(db, file);
  const insertRun = prepareInsert(db, importRuns, ['importKey', 'run', 'arm', 'seed']);
  const insertProblem = prepareInsert(db, importProblems, [
    'importKey',
    'problem',
    'sourceId',
    'split',
    'key',
    'prompt',
    'target',
    'cluster',
  ]);
  const insertSample = prepareSample(db);
  let runs = 0;
  let problems = 0;
  return {
    key,
    write: (body) =>
      writeTransaction(db, (tx) => {
        tx.update(imports).set({ touchedAt: new Date().toISOString() }).where(eq(imports.key, key)).run();
        return body();
      }),
    addRun: (run) => insertRun({ importKey: key, run: runs++, ...run }).rowId,
    addProblem: (problem) => insertProblem({ importKey: key, problem: problems++, ...problem }).rowId,
    addSample: (sample) => insertSample(sample).isNew,
    readSample: (at) => readSample(db, at),
    renameProblems: (keys) => renameProblems(db, keys),
    complete: (described) => completeImport(db, key, described),
  };
}
