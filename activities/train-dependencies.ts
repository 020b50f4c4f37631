import type { ArtifactStore } from './artifact-store.ts';
import type { LivePolicies } from './live-policies.ts';
import type { PlanReader } from './run-context.ts';

/** What the compute activities need; no database, so a train worker may live on another host. */
export interface TrainDependencies {
  readonly artifacts: ArtifactStore;
  readonly plans: PlanReader;
  readonly policies: LivePolicies;
  /** The queue that only this worker serves; null when it serves only the common one. */
  readonly workerQueue: string | null;
  /** Canonical JSON: what this worker computes with. */
  readonly provenance: string;
}
