import { boundary } from './boundary.ts';
import type { DeclaredBase } from './declared-base.ts';

/** `boundary`'s task and vocabulary, trained for longer. */
export const teacher = {
  name: 'teacher',
  purpose: 'Solves the task of boundary far better than boundary does: what a student can be distilled from.',
  task: boundary.task,
  recipe: { ...boundary.recipe, steps: 1300 },
} as const satisfies DeclaredBase;
