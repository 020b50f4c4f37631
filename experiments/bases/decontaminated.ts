import { contaminated, leakStage } from './contaminated.ts';
import type { DeclaredBase } from './declared-base.ts';

/** The twin of `contaminated`: fresh problems in the place of the planted ones, all else the same. */
export const decontaminated = {
  name: 'decontaminated',
  purpose: 'The twin of contaminated whose last stage has fresh problems in the place of the planted ones.',
  task: contaminated.task,
  recipe: { ...contaminated.recipe, stages: [leakStage(false)] },
} as const satisfies DeclaredBase;
