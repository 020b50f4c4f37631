import { listInputSources } from '../../config/chain.ts';
import type { Condition } from '../../config/experiment.ts';
import type { Hypothesis } from '../../config/hypothesis.ts';
import type { Sight } from '../../config/part.ts';
import { openCollector } from '../../datasets/index.ts';
import { openScheme } from '../../schemes/open-scheme.ts';

/** Labels that every run of a condition reads itself, where its declaration alone decides it; null: it does not. */
function ownLabels({ training, scheme, data, collect }: Condition): number | null {
  const { sees, gates } = openScheme(scheme);
  if (!seesLabels(collect, sees)) return 0;
  const hasRounds = gates.some(({ part, options }) => (part.rounds?.(options) ?? 1) > 1);
  const { steps, promptsPerStep, groupSize, budget } = training;
  // Written solutions are of a problem each.
  const perStep = promptsPerStep * (data?.from === 'task' ? groupSize : 1);
  if (hasRounds || (budget !== undefined && budget.unit !== 'labels')) return null;
  return perStep * Math.min(steps, budget === undefined ? steps : Math.ceil(budget.at / perStep));
}

function seesLabels(collect: Condition['collect'], sees: ReadonlySet<Sight>): boolean {
  if (collect === undefined) return sees.has('labels');
  const { collector, options } = openCollector(collect.name, collect.options);
  return collector.sees?.(options) === 'labels';
}

/** The conditions that a condition's runs take from, and those that these take from, each once. */
function listBehind(condition: Condition, all: readonly Source[]): Condition[] {
  const behind = new Map<string, Condition>();
  const visit = (one: Condition): void => {
    for (const { run } of listInputSources(one)) {
      const source = all.find(({ id }) => id === run);
      if (source === undefined || behind.has(run)) continue;
      behind.set(run, source.condition);
      visit(source.condition);
    }
  };
  visit(condition);
  return [...behind.values()];
}

/** Labels of a run and of the runs behind it, as the ledger adds them; null where a declaration alone does not decide it. */
function declaredLabels(condition: Condition, all: readonly Source[]): number | null {
  const counted = [condition, ...listBehind(condition, all)].map(ownLabels);
  return counted.reduce((sum, labels) => (sum === null || labels === null ? null : sum + labels), 0);
}

interface Source {
  /** Its fingerprint, which links name. */
  readonly id: string;
  readonly condition: Condition;
}

export interface Arm {
  readonly name: string;
  readonly condition: Condition;
}

function describePlan({ name, condition: { training } }: Arm): string {
  const { budget, steps } = training;
  return `${name} has ${budget === undefined ? `no budget, ${steps} steps` : `${budget.at} ${budget.unit}`}`;
}

/** Why the declaration does not make both arms spend alike. */
export function equalFault(
  { equal, contrast }: Hypothesis,
  [left, right]: readonly Arm[],
  all: readonly Source[],
): string | null {
  if (equal === undefined) return null;
  if (contrast !== undefined)
    return 'equal: equal spending is asked of a treatment and its control; remove it, or the contrast';
  if (left === undefined || right === undefined) return null;
  const { unit } = equal;
  const amountOf = ({ condition: { training } }: Arm): number | null =>
    training.budget?.unit === unit ? training.budget.at : null;
  if (amountOf(left) !== null && amountOf(left) === amountOf(right)) return null;
  const [labels, others] = [declaredLabels(left.condition, all), declaredLabels(right.condition, all)];
  if (unit === 'labels' && labels !== null && labels === others) return null;
  const told = (count: number | null): string => (count === null ? 'an undeclared number' : String(count));
  const otherwise =
    unit === 'labels'
      ? `, or steps and prompts that read as many labels in one round each, those of the runs that they take from included ` +
        `(found ${told(labels)} and ${told(others)})`
      : '';
  return (
    `equal.unit: ${unit} are to be equal, but ${describePlan(left)} and ${describePlan(right)}; ` +
    `give both the same training.budget of ${unit}${otherwise}`
  );
}
