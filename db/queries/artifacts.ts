import { and, eq, inArray } from 'drizzle-orm';
import type { ArtifactRef, CheckpointRef } from '../../config/plan.ts';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import { artifacts, checkpoints } from '../schema.ts';

/** The store names a file that was never recorded, or a checkpoint that no longer has its files. */
export class UnknownArtifactError extends Error {
  override readonly name = 'UnknownArtifactError';
}

/** Records a file; the row is written after the file is in place. */
export function recordArtifact(db: Database, kind: string, ref: ArtifactRef): void {
  const row = { path: ref.path, kind, sha256: ref.sha256, bytes: ref.bytes, isRetained: true };
  const stored = db.select().from(artifacts).where(eq(artifacts.path, ref.path)).get();
  if (stored === undefined) db.insert(artifacts).values(row).run();
  else assertSameRecord({ table: 'artifacts', key: ref.path }, { ...stored, isRetained: true }, row);
}

export function findArtifact(db: Database, path: string): ArtifactRef {
  const row = db.select().from(artifacts).where(eq(artifacts.path, path)).get();
  if (row === undefined) throw new UnknownArtifactError(`no artifact is recorded at ${path}`);
  return { path: row.path, sha256: row.sha256, bytes: row.bytes };
}

export type ArtifactRow = typeof artifacts.$inferSelect;

/** Every file the store promises, and those it has released, by path. */
export function listArtifacts(db: Database): ArtifactRow[] {
  return db.select().from(artifacts).orderBy(artifacts.path).all();
}

/** Notes that superseded files are about to be deleted; their hashes stay. */
export function releaseArtifacts(db: Database, refs: readonly ArtifactRef[]): void {
  if (refs.length === 0) return;
  db.update(artifacts)
    .set({ isRetained: false })
    .where(
      inArray(
        artifacts.path,
        refs.map((ref) => ref.path),
      ),
    )
    .run();
}

/** Records the checkpoint behind `step` training steps, its files first. */
export function recordCheckpoint(
  db: Database,
  key: { readonly runId: string; readonly step: number },
  checkpoint: CheckpointRef,
): void {
  recordArtifact(db, 'weights', checkpoint.weights);
  if (checkpoint.trainingState !== null) recordArtifact(db, 'training-state', checkpoint.trainingState);
  const row = {
    ...key,
    weightsPath: checkpoint.weights.path,
    trainingStatePath: checkpoint.trainingState?.path ?? null,
  };
  const inserted = db.insert(checkpoints).values(row).onConflictDoNothing().run();
  if (inserted.changes > 0) return;
  const [stored] = listCheckpointsAt(db, key.runId, [key.step]);
  assertSameRecord({ table: 'checkpoints', key: `${key.runId} step ${key.step}` }, stored!, row);
}

export type CheckpointRow = typeof checkpoints.$inferSelect;

/** A run's checkpoints behind certain steps. */
export function listCheckpointsAt(db: Database, runId: string, steps: readonly number[]): CheckpointRow[] {
  return db
    .select()
    .from(checkpoints)
    .where(and(eq(checkpoints.runId, runId), inArray(checkpoints.step, [...steps])))
    .orderBy(checkpoints.step)
    .all();
}

/** The references of a recorded checkpoint. */
export function toCheckpointRef(db: Database, row: CheckpointRow): CheckpointRef {
  return {
    weights: findArtifact(db, row.weightsPath),
    trainingState: row.trainingStatePath === null ? null : findArtifact(db, row.trainingStatePath),
  };
}
