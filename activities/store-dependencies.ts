import type { Database } from '../db/connection.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { HeldRollouts } from './held-rollouts.ts';
import type { PlanReader } from './run-context.ts';

/** What the store's own worker needs; it is the only one that writes rows while a matrix runs. */
export interface StoreDependencies {
  readonly db: Database;
  readonly artifacts: ArtifactStore;
  readonly plans: PlanReader;
  readonly held: HeldRollouts;
  /** SHA-256 of the sources that decide a run's numbers; null where they cannot be read. */
  readonly sources: string | null;
  /** Where finished policies are put as Hugging Face directories. */
  readonly policiesDirectory: string;
}
