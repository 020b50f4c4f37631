import type { Condition } from '../../config/experiment.ts';
import type { Hypothesis } from '../../config/hypothesis.ts';
import { openScheme } from '../../schemes/open-scheme.ts';

/** Labels that every run of a condition reads, where its declaration alone decides it; null: it does not. */
function declaredLabels({ training, scheme }: Condition): number | null {
  const { sees, gates } = openScheme(scheme);
  const hasRounds = gates.some(({ part, options }) => (part.rounds?.(options) ?? 1) > 1);
  const looks = sees.has('labels') ? training.steps * training.promptsPerStep : 0;
  return training.budget !== undefined || (hasRounds && looks > 0) ? null : looks;
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
export function equalFault({ equal, contrast }: Hypothesis, [left, right]: readonly Arm[]): string | null {
  if (equal === undefined) return null;
  if (contrast !== undefined)
    return 'equal: equal spending is asked of a treatment and its control; remove it, or the contrast';
  if (left === undefined || right === undefined) return null;
  const { unit } = equal;
  const amountOf = ({ condition: { training } }: Arm): number | null =>
    training.budget?.unit === unit ? training.budget.at : null;
  if (amountOf(left) !== null && amountOf(left) === amountOf(right)) return null;
  const labels = declaredLabels(left.condition);
  if (unit === 'labels' && labels !== null && labels === declaredLabels(right.condition)) return null;
  const otherwise =
    unit === 'labels' ? ', or as many steps and prompts of schemes that both read labels in one round' : '';
  return (
    `equal.unit: ${unit} are to be equal, but ${describePlan(left)} and ${describePlan(right)}; ` +
    `give both the same training.budget of ${unit}${otherwise}`
  );
}
