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
