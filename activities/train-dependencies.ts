import type { ArtifactStore } from './artifact-store.ts';
import type { LivePolicies } from './live-policies.ts';
import type { PlanReader } from './run-context.ts';

/** What the compute activities need; no database, so a train worker may live on another host. */
export interface TrainDependencies {
  readonly artifacts: ArtifactStore;
  readonly plans: PlanReader;
  readonly policies: LivePolicies;
  /** Canonical JSON: what this worker computes with. */
  readonly provenance: string;
}
