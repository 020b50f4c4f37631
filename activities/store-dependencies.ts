import type { Database } from '../db/connection.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { PlanReader } from './run-context.ts';

/** What the store's own worker needs; it is the only one that writes rows while a matrix runs. */
export interface StoreDependencies {
  readonly db: Database;
  readonly artifacts: ArtifactStore;
  readonly plans: PlanReader;
  /** Where finished policies are put as Hugging Face directories. */
  readonly policiesDirectory: string;
}
