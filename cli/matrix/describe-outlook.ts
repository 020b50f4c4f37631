import { existsSync } from 'node:fs';
import { listExperiments } from '../../db/queries/experiments.ts';
import { openReadonlyDatabase } from '../../db/store/connection.ts';
import type { ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import { countSplitRows } from '../../experiments/split-rows.ts';
import { loadComparison } from '../../reports/comparison/load-comparison.ts';
import type { ComponentRow } from '../../reports/power/component-rows.ts';
import { measureComponents } from '../../reports/power/measure-components.ts';
import { planPower } from '../../reports/power/plan-power.ts';
import { describePower } from '../../reports/power/power-text.ts';
import { listDeadGroups } from '../claims/claim-groups.ts';
import { readHome } from '../home-option.ts';

/** An ordinary matrix has one scale, that of its declaration. */
const SCALE = 'declared';

function describeRows({ conditions }: ResolvedExperiment): string[] {
  const lines = conditions.flatMap(({ condition }) => {
    const rows = countSplitRows(condition);
    if (rows === null) return [];
    const evaluated: Readonly<Record<string, number>> = {
      dev: condition.evaluation.devProblems,
      ...condition.evaluation.splits,
    };
    const parts = [...rows].map(([split, count]) =>
      split === 'train' || evaluated[split] === undefined
        ? `${split} ${count}`
        : `${split} ${count} (${evaluated[split]} asked for)`,
    );
    return [`rows per split: ${parts.join(', ')}`];
  });
  return [...new Set(lines)];
}

/** Variance components of the newest runs of that name in the home; none where it has none. */
function measureStored({ name }: ResolvedExperiment, options: { readonly home: string }): ComponentRow[] {
  const { database } = readHome(options);
  if (!existsSync(database)) return [];
  const db = openReadonlyDatabase(database);
  const found = listExperiments(db).find((stored) => stored.name === name);
  if (found === undefined) return [];
  const source = `runs of ${found.id.slice(0, 12)}`;
  return measureComponents(loadComparison(db, found.id), { claim: name, scale: SCALE, source });
}

function describeExpectedPower(experiment: ResolvedExperiment, options: { readonly home: string }): string[] {
  const { name, hypotheses, seeds, conditions } = experiment;
  const bases = Math.max(...conditions.map(({ baseSeeds }) => baseSeeds.length));
  if (hypotheses.length === 0)
    return [
      `power of ${seeds.length} × ${bases} (seeds × bases) unknown: no hypothesis says which effect is of interest`,
    ];
  const problems = Object.assign(
    {},
    ...conditions.map(({ condition }) => condition.evaluation.splits),
  ) as Record<string, number>;
  const plan = { claim: name, scale: SCALE, hypotheses, problems, bases, seedsPerBase: seeds.length };
  return planPower(plan, measureStored(experiment, options)).map(describePower);
}

/** What can be said of a matrix before anything is computed: its data, groups that teach nothing, and the power of its seeds. */
export function describeOutlook(
  experiment: ResolvedExperiment,
  options: { readonly home: string },
): string[] {
  return [
    ...describeRows(experiment),
    ...listDeadGroups({ experiment }, options),
    ...describeExpectedPower(experiment, options),
  ];
}
