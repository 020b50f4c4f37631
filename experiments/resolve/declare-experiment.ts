import { applyAssignment } from '../../config/merge.ts';
import { loadExperiment } from './load.ts';
import { resolveExperiment, type ResolvedExperiment } from './resolve.ts';

/** What is laid over a declaration file: `--set` and `--seeds`. */
export interface Overrides {
  /** `key=value` each, later ones over earlier ones. */
  readonly set: readonly string[];
  readonly seeds?: number | number[];
}

/** The experiment a file and the command line declare together. */
export async function declareExperiment(file: string, overrides: Overrides): Promise<ResolvedExperiment> {
  let declared = await loadExperiment(file);
  // A scheme or base recipe named by its bare name can be overridden too.
  if (typeof declared['scheme'] === 'string')
    declared = { ...declared, scheme: { name: declared['scheme'] } };
  if (typeof declared['base'] === 'string') declared = { ...declared, base: { recipe: declared['base'] } };
  for (const assignment of overrides.set) declared = applyAssignment(declared, assignment);
  if (overrides.seeds !== undefined) declared = { ...declared, seeds: overrides.seeds };
  return resolveExperiment(declared);
}
