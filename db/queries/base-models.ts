import { eq } from 'drizzle-orm';
import type { ArtifactRef } from '../../config/plan.ts';
import { findArtifact, recordArtifact } from './artifacts.ts';
import { assertSameRecord } from './conflicting-record-error.ts';
import { writeTransaction, type Database } from '../store/connection.ts';
import { baseModels } from '../schema.ts';

export type BaseModelRow = typeof baseModels.$inferSelect;

/**
 * Records a pretrained base model with its leak; recording the same one again changes nothing.
 *
 * @throws {ConflictingRecordError} when the same recipe gave other weights
 */
export function recordBaseModel(
  db: Database,
  model: Omit<BaseModelRow, 'createdAt' | 'weightsPath' | 'flops'> & {
    readonly weights: ArtifactRef;
    readonly flops?: number | null;
  },
): void {
  const { weights, ...columns } = model;
  const row = { ...columns, flops: model.flops ?? null, weightsPath: weights.path };
  writeTransaction(db, (tx) => {
    const existing = tx.select().from(baseModels).where(eq(baseModels.id, model.id)).get();
    if (existing !== undefined) assertSameRecord({ table: 'base_models', key: model.id }, existing, row);
    recordArtifact(tx, 'weights', weights);
    if (existing !== undefined) return;
    tx.insert(baseModels)
      .values({ ...row, createdAt: new Date().toISOString() })
      .run();
  });
}

/** A recorded base model with its weights. */
export type BaseModel = BaseModelRow & { readonly weights: ArtifactRef };

/** A recorded base model, or null when it is not made yet. */
export function findBaseModel(db: Database, id: string): BaseModel | null {
  const row = db.select().from(baseModels).where(eq(baseModels.id, id)).get();
  return row === undefined ? null : { ...row, weights: findArtifact(db, row.weightsPath) };
}

/** Ids of the base models that are made. */
export function listBaseModelIds(db: Database): string[] {
  return db
    .select({ id: baseModels.id })
    .from(baseModels)
    .orderBy(baseModels.id)
    .all()
    .map(({ id }) => id);
}
