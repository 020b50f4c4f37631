import type { ComparisonInput, ConditionRecord } from './comparison-input.ts';

/** baseline: to the experiment's baseline; control: to another control arm; schemes: between two trained arms. */
export type PairKind = 'baseline' | 'control' | 'schemes';

export interface PlannedPair {
  readonly condition: string;
  readonly reference: string;
  readonly kind: PairKind;
}

/** The arm of a condition of a crossed matrix, without its cell (`grpo` of `grpo/latent`). */
export const stemOf = (name: string): string => name.split('/')[0]!;

/** The labels of its axes that a condition of a crossed matrix stands at (`/latent` of `grpo/latent`); empty: no axis. */
export const cellOf = (name: string): string => (name.includes('/') ? name.slice(name.indexOf('/')) : '');

/**
 * A condition of a crossed matrix (`grpo/latent`) is compared within its own cell (`base/latent`); where cells hold the reference alike,
 * it is one condition, which stands in the first of them and is that of all.
 */
export function referenceFor(
  condition: string,
  reference: string,
  names: ReadonlySet<string>,
): string | null {
  const inCells = [...names].filter((name) => stemOf(name) === reference);
  const candidates = [
    `${reference}${cellOf(condition)}`,
    reference,
    ...(inCells.length === 1 ? inCells : []),
  ];
  const found = candidates.find((name) => names.has(name)) ?? null;
  return found === condition ? null : found;
}

/** Each condition against the baseline, and each condition that is no control against the control arms. */
function planReferences({ experiment, conditions }: ComparisonInput): PlannedPair[] {
  const names = new Set(conditions.map(({ name }) => name));
  const controls = [
    ...new Set(conditions.filter(({ isControl }) => isControl).map(({ name }) => stemOf(name))),
  ];
  const pairWith = (arm: ConditionRecord, reference: string, kind: PairKind): PlannedPair[] => {
    const found = referenceFor(arm.name, reference, names);
    return found === null ? [] : [{ condition: arm.name, reference: found, kind }];
  };
  const baselineStem = stemOf(experiment.baseline);
  return [
    ...conditions
      .filter(({ name }) => stemOf(name) !== baselineStem)
      .flatMap((arm) => pairWith(arm, experiment.baseline, 'baseline')),
    ...conditions
      .filter(({ isControl, name }) => !isControl && stemOf(name) !== baselineStem)
      .flatMap((arm) =>
        controls
          .filter((control) => control !== baselineStem)
          .flatMap((control) => pairWith(arm, control, 'control')),
      ),
  ];
}

/** Two trained arms are compared where they stand in one cell, or are one scheme in two: else two things differ at once. */
function planSchemes({ conditions }: ComparisonInput): PlannedPair[] {
  const trained = conditions.filter(({ isControl }) => !isControl).map(({ name }) => name);
  return trained.flatMap((condition, i) =>
    trained
      .slice(0, i)
      .filter(
        (reference) => cellOf(reference) === cellOf(condition) || stemOf(reference) === stemOf(condition),
      )
      .map((reference): PlannedPair => ({ condition, reference, kind: 'schemes' })),
  );
}

/** Every pair of arms that the report compares, each once: to the baseline, to the control arms, between schemes. */
export function planComparisons(input: ComparisonInput): PlannedPair[] {
  const references = planReferences(input);
  const planned = new Set(
    references.flatMap(({ condition, reference }) => [
      JSON.stringify([condition, reference]),
      JSON.stringify([reference, condition]),
    ]),
  );
  const schemes = planSchemes(input).filter(
    ({ condition, reference }) => !planned.has(JSON.stringify([condition, reference])),
  );
  return [...references, ...schemes];
}
