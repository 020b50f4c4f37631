import { and, asc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { writeTransaction, type Database } from '../store/connection.ts';
import { importRuns, importSamples, imports } from '../import-schema.ts';

/** A whole import, without its samples. */
export interface ImportRecord {
  /** SHA-256 of its files and of how they were read. */
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly format: string;
  /** Canonical JSON: what the source tells of itself. */
  readonly header: string;
  readonly notices: readonly string[];
  readonly problems: number;
  readonly samples: number;
  readonly failures: number;
  readonly createdAt: string;
}

/** An arm with one seed; arm null: the source tells of only one. */
export interface ImportRun {
  readonly run: number;
  readonly arm: string | null;
  readonly seed: number | null;
}

/** There is no import of that name or id. */
export class UnknownImportError extends Error {
  override readonly name = 'UnknownImportError';
}

/** An import that is not whole and was not written to for so long was left behind by a kill. */
const ABANDONED_AFTER_MS = 60_000;
/** Rows that one transaction removes, so that another process never waits long. */
const REMOVED_AT_ONCE = 20_000;
const SHORTEST_PREFIX = 6;

function toRecord(row: typeof imports.$inferSelect): ImportRecord {
  const { id, name, notices, key: _, touchedAt: __, ...rest } = row;
  return { ...rest, id: id!, name: name!, notices: JSON.parse(notices) as string[] };
}

/** By its name, its id or the first six digits or more of it; null when there is none. */
export function findImport(db: Database, nameOrId: string): ImportRecord | null {
  const named = db.select().from(imports).where(eq(imports.name, nameOrId)).get();
  if (named !== undefined) return toRecord(named);
  if (nameOrId.length < SHORTEST_PREFIX || !/^[0-9a-f]+$/.test(nameOrId)) return null;
  const rows = db
    .select()
    .from(imports)
    .where(sql`substr(${imports.id}, 1, ${nameOrId.length}) = ${nameOrId}`)
    .all();
  return rows.length === 1 ? toRecord(rows[0]!) : null;
}

/** @throws {UnknownImportError} which names those that there are */
export function requireImport(db: Database, nameOrId: string): ImportRecord {
  const found = findImport(db, nameOrId);
  if (found !== null) return found;
  const names = listImports(db).map(({ name }) => name);
  throw new UnknownImportError(
    `there is no import ${JSON.stringify(nameOrId)}; ` +
      (names.length === 0
        ? 'nothing was imported yet: assay import FILE'
        : `expected one of ${names.join(', ')}`),
  );
}

/** Every whole import, the oldest first. */
export function listImports(db: Database): ImportRecord[] {
  return db
    .select()
    .from(imports)
    .where(isNotNull(imports.id))
    .orderBy(asc(imports.createdAt), asc(imports.key))
    .all()
    .map(toRecord);
}

/** The runs of an import, in the order of its source. */
export function listImportRuns(db: Database, importId: string): ImportRun[] {
  return db
    .select({ run: importRuns.run, arm: importRuns.arm, seed: importRuns.seed })
    .from(importRuns)
    .innerJoin(imports, eq(imports.key, importRuns.importKey))
    .where(eq(imports.id, importId))
    .orderBy(asc(importRuns.run))
    .all();
}

/** `wanted`, or `wanted-2` and so on where another import has it. */
export function chooseImportName(db: Database, wanted: string): string {
  const isTaken = (name: string): boolean =>
    db.select({ key: imports.key }).from(imports).where(eq(imports.name, name)).get() !== undefined;
  let name = wanted;
  for (let i = 2; isTaken(name); i += 1) name = `${wanted}-${i}`;
  return name;
}

function removeSomeSamples(db: Database, run: number): number {
  const some = sql`select rowid from ${importSamples} where ${importSamples.importRun} = ${run} limit ${REMOVED_AT_ONCE}`;
  return writeTransaction(
    db,
    (tx) =>
      tx
        .delete(importSamples)
        .where(sql`rowid in (${some})`)
        .run().changes,
  );
}

/** Removes what an import wrote; to be called only for one that is not whole, since this takes several transactions. */
export function removeImportRows(db: Database, key: number): void {
  const runs = db.select({ id: importRuns.id }).from(importRuns).where(eq(importRuns.importKey, key)).all();
  for (const { id } of runs) while (removeSomeSamples(db, id) === REMOVED_AT_ONCE);
  writeTransaction(db, (tx) => tx.delete(imports).where(eq(imports.key, key)).run());
}

/** Removes an import with all that was read of it; returns false when there is none of that id. */
export function deleteImport(db: Database, importId: string): boolean {
  const row = writeTransaction(db, (tx) =>
    tx
      .update(imports)
      .set({ id: null, name: null, touchedAt: '' })
      .where(eq(imports.id, importId))
      .returning({ key: imports.key })
      .get(),
  );
  // The type leaves out that there may be no row.
  if ((row as { key: number } | undefined) === undefined) return false;
  removeImportRows(db, row.key);
  return true;
}

/** Removes what killed processes left half written or half removed; what another process is writing stays. */
export function removeAbandonedImports(db: Database, nowMs = Date.now()): void {
  const since = new Date(nowMs - ABANDONED_AFTER_MS).toISOString();
  const rows = db
    .select({ key: imports.key })
    .from(imports)
    .where(and(isNull(imports.id), lt(imports.touchedAt, since)))
    .all();
  for (const { key } of rows) removeImportRows(db, key);
}
