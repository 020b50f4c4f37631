import type { Database } from '../db/store/connection.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { JudgeClient } from '../schemes/judges/judge.ts';
import type { HeldRollouts } from './step/held-rollouts.ts';
import type { ProgramPool } from './asking/program-pool.ts';
import type { PlanReader } from './run/run-context.ts';

/** What the store's own worker needs; it is the only one that writes rows while a matrix runs. */
export interface StoreDependencies {
  readonly db: Database;
  readonly artifacts: ArtifactStore;
  readonly plans: PlanReader;
  readonly held: HeldRollouts;
  /** Programs that external rewards ask. */
  readonly programs: ProgramPool;
  /** SHA-256 of the sources that decide a run's numbers; null where they cannot be read. */
  readonly sources: string | null;
  /** Who answers the questions of judges that ask a model; absent: a scheme with such a judge fails its runs. */
  readonly judgeClient?: JudgeClient;
  /** Where finished policies are put as Hugging Face directories. */
  readonly policiesDirectory: string;
}
