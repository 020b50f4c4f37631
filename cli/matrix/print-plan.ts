import { listInputSources } from '../../config/chain.ts';
import { planRuns } from '../../experiments/plan-runs.ts';
import type { ResolvedExperiment } from '../../experiments/resolve/resolve.ts';

/** Prints what would run. */
export function printPlan(experiment: ResolvedExperiment, asJson: boolean): void {
  const runs = planRuns(experiment);
  if (asJson) {
    console.log(JSON.stringify({ ...experiment, runs }, null, 2));
    return;
  }
  console.log(`${experiment.name} (${experiment.id.slice(0, 12)}): ${experiment.question}`);
  const names = new Map(experiment.conditions.map(({ id, name }) => [id, name]));
  for (const condition of experiment.conditions) {
    const { training, scheme, base, collect } = condition.condition;
    const control = condition.isControl ? ' (control)' : '';
    const links = listInputSources(condition.condition).map(
      ({ role, run }) => `, ${role} from ${names.get(run) ?? run}`,
    );
    const what = collect === undefined ? `scheme ${scheme.name}` : `collects ${collect.name}`;
    console.log(
      `  ${condition.name}${control}: ${what}, ${training.steps} steps of ${training.promptsPerStep} × ${training.groupSize} rollouts, base ${base.name}${links.join('')}, fingerprint ${condition.id.slice(0, 12)}`,
    );
  }
  console.log(`${runs.length} runs:`);
  for (const run of runs) console.log(`  ${run.id}`);
}
