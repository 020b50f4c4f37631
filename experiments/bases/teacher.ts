import { boundary } from './boundary.ts';
import type { DeclaredBase } from './declared-base.ts';

/** `boundary`'s task and vocabulary, the accurate format alone, trained for longer. */
export const teacher = {
  name: 'teacher',
  purpose: 'Solves the task of boundary far better than boundary does: what a student can be distilled from.',
  task: boundary.task,
  recipe: {
    ...boundary.recipe,
    sources: [
      { name: 'facts', share: 0.1 },
      { name: 'solutions', options: { formats: { scratchpad: 1 } } },
    ],
    steps: 1300,
    documentsPerStep: 64,
  },
} as const satisfies DeclaredBase;
