import { applyAssignment, type Settings } from '../../config/merge.ts';
import { loadExperiment } from './load.ts';
import { resolveExperiment, type ResolvedExperiment } from './resolve.ts';

/** What is laid over a declaration file: `--set` and `--seeds`. */
export interface Overrides {
  /** `key=value` each, later ones over earlier ones. */
  readonly set: readonly string[];
  readonly seeds?: number | number[];
}

/** A declaration with what the command line lays over it, not validated yet. */
export function applyOverrides(declared: Settings, { set, seeds }: Overrides): Settings {
  let settings = declared;
  // A scheme or base recipe named by its bare name can be overridden too.
  if (typeof settings['scheme'] === 'string')
    settings = { ...settings, scheme: { name: settings['scheme'] } };
  if (typeof settings['base'] === 'string') settings = { ...settings, base: { recipe: settings['base'] } };
  for (const assignment of set) settings = applyAssignment(settings, assignment);
  return seeds === undefined ? settings : { ...settings, seeds };
}

/** The experiment a file and the command line declare together. */
export async function declareExperiment(file: string, overrides: Overrides): Promise<ResolvedExperiment> {
  return resolveExperiment(applyOverrides(await loadExperiment(file), overrides));
}
