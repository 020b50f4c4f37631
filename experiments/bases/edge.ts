import type { DeclaredBase } from './declared-base.ts';
import { oneFormat } from './one-format.ts';
import { teacher } from './teacher.ts';

/**
 * `teacher`'s corpus, read for little more than half as long: greedy answers are wrong as well, so something is left to teach, and one
 * of a thousand answers is right, so 64 samples do not find it by guessing. Base seeds learn at different times: after 800 steps two of
 * five solved everything within 64 samples, and left a greedy answer little to be taught.
 */
export const edge = {
  name: 'edge',
  purpose: 'Half able, in one format: what lifts it beyond its best temperature has taught it something.',
  task: teacher.task,
  recipe: { ...teacher.recipe, steps: 700 },
  gates: [
    {
      name: 'room-at-64',
      reason: 'Some problems are beyond what the base model samples, so that a boundary can move.',
      measure: { of: 'pass@k', k: 64 },
      atMost: 0.95,
    },
    {
      name: 'something-to-teach',
      reason: 'Worked solutions teach what no temperature finds.',
      measure: { of: 'lift', arm: 'imitation', over: 'best-temperature' },
      atLeast: 0.1,
    },
    oneFormat,
  ],
} as const satisfies DeclaredBase;
