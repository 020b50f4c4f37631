import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { LivePolicies } from './step/live-policies.ts';
import type { PlanReader } from './run/run-context.ts';

/** What decides the last bits of a result: the same matrix gives the same bytes where both are the same. */
export interface ComputedBy {
  /** Canonical JSON: processor, platform, backend with its flags and libraries. */
  readonly machine: string;
  /** Git revision, `+` appended where files had changed; null where there is no repository. */
  readonly revision: string | null;
}

/** What the compute activities need; no database, so a train worker may live on another host. */
export interface TrainDependencies {
  readonly artifacts: ArtifactStore;
  readonly plans: PlanReader;
  readonly policies: LivePolicies;
  /** The queue that only this worker serves. */
  readonly workerQueue: string;
  /** Canonical JSON: what this worker computes with. */
  readonly provenance: string;
  readonly computedBy: ComputedBy;
}
