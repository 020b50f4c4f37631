import type { Overrides } from '../../experiments/resolve/declare-experiment.ts';
import type { LaunchSettings, Teller } from '../../launch/launch-settings.ts';
import { readHome } from '../home-option.ts';

/** Where a matrix lives and what computes it, as typed. */
export interface WorkerOptions extends Omit<LaunchSettings, 'home' | 'teller'> {
  readonly home: string;
}

export interface RunOptions extends WorkerOptions, Overrides {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  /** The store that learning curves are logged to while they grow. */
  readonly track?: 'trackio';
  /** The Python that has the store's client. */
  readonly python: string;
}

/** Talk goes to stderr, so that stdout holds data alone. */
export const stderrTeller: Teller = { line: (text) => console.error(text) };

export function toLaunchSettings(options: WorkerOptions): LaunchSettings {
  return { ...options, home: readHome(options), teller: stderrTeller };
}
