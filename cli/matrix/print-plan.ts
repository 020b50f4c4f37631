import { listInputSources } from '../../config/chain.ts';
import { planRuns } from '../../experiments/plan-runs.ts';
import type { ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import { describeOutlook } from './describe-outlook.ts';

/** Prints what would run. */
export function printPlan(
  experiment: ResolvedExperiment,
  { json = false, home }: { readonly json?: boolean; readonly home: string },
): void {
  const runs = planRuns(experiment);
  const outlook = describeOutlook(experiment, { home });
  if (json) {
    console.log(JSON.stringify({ ...experiment, runs, outlook }, null, 2));
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
  for (const line of outlook) console.log(`  ${line}`);
  console.log(`${runs.length} runs:`);
  for (const run of runs) console.log(`  ${run.id}`);
}
