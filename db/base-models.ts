import { eq } from 'drizzle-orm';
import type { ArtifactRef } from '../spec/plan.ts';
import { findArtifact, recordArtifact } from './artifacts.ts';
import { writeTransaction, type Database } from './connection.ts';
import { baseModels } from './schema.ts';

export type BaseModelRow = typeof baseModels.$inferSelect;

/** Records a pretrained base model with its leak; recording the same one again changes nothing. */
export function recordBaseModel(
  db: Database,
  model: Omit<BaseModelRow, 'createdAt' | 'weightsPath'> & { readonly weights: ArtifactRef },
): void {
  const { weights, ...row } = model;
  writeTransaction(db, (tx) => {
    recordArtifact(tx, 'weights', weights);
    tx.insert(baseModels)
      .values({ ...row, weightsPath: weights.path, createdAt: new Date().toISOString() })
      .onConflictDoNothing()
      .run();
  });
}

/** A recorded base model with its weights, or null when it is not made yet. */
export function findBaseModel(
  db: Database,
  id: string,
): (BaseModelRow & { readonly weights: ArtifactRef }) | null {
  const row = db.select().from(baseModels).where(eq(baseModels.id, id)).get();
  return row === undefined ? null : { ...row, weights: findArtifact(db, row.weightsPath) };
}
