import type { Home } from '../artifacts/home.ts';
import type { BackendChoice } from '../model/backends/backend.ts';
import type { MetricsAddress } from '../worker/supervisor.ts';

/** Hears what happens; this room prints nothing itself. */
export interface Teller {
  line(text: string): void;
}

/** Where a matrix lives, what computes it, and who is told. */
export interface LaunchSettings {
  readonly home: Home;
  readonly teller: Teller;
  /** As `--artifacts` names them; undefined: within the home. */
  readonly artifacts?: string | undefined;
  readonly backend: BackendChoice;
  /** Train worker processes, one slot each; 0: other hosts train. */
  readonly trainWorkers: number;
  /** Threads inside one tfjs operation. */
  readonly threads: number;
  /** Most runs under way at once; undefined: twice the train workers. */
  readonly window?: number;
  /** Start no further run once one has failed. */
  readonly failFast?: boolean;
  readonly metrics?: MetricsAddress;
  /** Go on although other sources of the program computed a part. */
  readonly mixedSources?: boolean;
}

/** What is needed to speak with a matrix that others compute. */
export type StoreSettings = Pick<LaunchSettings, 'home' | 'teller'>;
