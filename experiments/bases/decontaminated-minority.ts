import { contaminatedMinority, minorityLeakStage } from './contaminated-minority.ts';
import type { DeclaredBase } from './declared-base.ts';

/** The twin of `contaminated-minority`: fresh problems in the place of the planted ones, all else the same. */
export const decontaminatedMinority = {
  name: 'decontaminated-minority',
  purpose:
    'The twin of contaminated-minority whose last stage has fresh problems in the place of the planted ones.',
  task: contaminatedMinority.task,
  recipe: { ...contaminatedMinority.recipe, stages: [minorityLeakStage(false)] },
} as const satisfies DeclaredBase;
