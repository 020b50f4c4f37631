import { loadExperiment } from '../../experiments/resolve/load.ts';
import { planRuns } from '../../experiments/launch/register.ts';
import { resolveExperiment, type ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import { applyAssignment } from '../../config/merge.ts';
import type { RunOptions } from './run-options.ts';

/** The experiment a file and the command line declare together. */
export async function declareExperiment(
  file: string,
  options: Pick<RunOptions, 'set' | 'seeds'>,
): Promise<ResolvedExperiment> {
  let declared = await loadExperiment(file);
  // A scheme or base recipe named by its bare name can be overridden too.
  if (typeof declared['scheme'] === 'string')
    declared = { ...declared, scheme: { name: declared['scheme'] } };
  if (typeof declared['base'] === 'string') declared = { ...declared, base: { recipe: declared['base'] } };
  for (const assignment of options.set) declared = applyAssignment(declared, assignment);
  if (options.seeds !== undefined) declared = { ...declared, seeds: options.seeds };
  return resolveExperiment(declared);
}

/** Prints what would run. */
export function printPlan(experiment: ResolvedExperiment, asJson: boolean): void {
  const runs = planRuns(experiment);
  if (asJson) {
    console.log(JSON.stringify({ ...experiment, runs }, null, 2));
    return;
  }
  console.log(`${experiment.name} (${experiment.id.slice(0, 12)}): ${experiment.question}`);
  for (const condition of experiment.conditions) {
    const { training, scheme, base } = condition.condition;
    const control = condition.isControl ? ' (control)' : '';
    console.log(
      `  ${condition.name}${control}: scheme ${scheme.name}, ${training.steps} steps of ${training.promptsPerStep} × ${training.groupSize} rollouts, base ${base.name}, fingerprint ${condition.id.slice(0, 12)}`,
    );
  }
  console.log(`${runs.length} runs:`);
  for (const run of runs) console.log(`  ${run.id}`);
}
