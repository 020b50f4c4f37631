import type { DeclaredBase } from './declared-base.ts';
import { sharp } from './sharp.ts';

/** Clean demonstrations of so many operations. */
function solutionsOf(operations: number) {
  return { formats: { scratchpad: 1 }, task: { operations } };
}

/** Pretraining stops while the skill is half learned, so that greedy answers are wrong as well and something is left to teach. */
export const edge = {
  name: 'edge',
  purpose: 'Half able, in one format: what lifts it beyond its best temperature has taught it something.',
  task: sharp.task,
  recipe: {
    steps: 500,
    sources: [
      { name: 'solutions', share: 0.3333, options: solutionsOf(2) },
      { name: 'solutions', share: 0.3333, options: solutionsOf(3) },
      { name: 'solutions', options: solutionsOf(4) },
    ],
    stages: [],
  },
} as const satisfies DeclaredBase;
