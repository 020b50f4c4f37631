import type { BackendChoice } from '../../model/backends/backend.ts';
import type { MetricsAddress } from '../../worker/supervisor.ts';

/** Where a matrix lives and what computes it. */
export interface WorkerOptions {
  readonly home: string;
  readonly artifacts?: string;
  readonly backend: BackendChoice;
  readonly trainWorkers: number;
  readonly threads: number;
  readonly window?: number;
  readonly failFast?: boolean;
  readonly metrics?: MetricsAddress;
  readonly mixedSources?: boolean;
}

export interface RunOptions extends WorkerOptions {
  readonly set: readonly string[];
  readonly seeds?: number | number[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}
