import type { BaseRecipe } from '../config/base-recipe.ts';

/** Where an optimizer step of a base model's making stands. */
export interface StepPlace {
  /** Index of the further stage; null: pretraining. */
  readonly stage: number | null;
  /** The step within its stage, from 0. */
  readonly at: number;
  /** Steps of the stage. */
  readonly steps: number;
}

/** Optimizer steps of pretraining and all further stages. */
export function countSteps({ steps, stages }: Pick<BaseRecipe, 'steps' | 'stages'>): number {
  return stages.reduce((sum, stage) => sum + stage.steps, steps);
}

/** @throws RangeError for a step that the recipe does not have */
export function placeOfStep(
  { steps, stages }: Pick<BaseRecipe, 'steps' | 'stages'>,
  step: number,
): StepPlace {
  if (step < steps) return { stage: null, at: step, steps };
  let at = step - steps;
  for (const [stage, own] of stages.entries()) {
    if (at < own.steps) return { stage, at, steps: own.steps };
    at -= own.steps;
  }
  throw new RangeError(`found step ${step}, but making the base takes ${countSteps({ steps, stages })}`);
}
