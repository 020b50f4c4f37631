import { canonicalJson } from '../config/canonical.ts';
import type { Split } from './problem.ts';
import type { Task } from './task.ts';

/** Task and split → how many distinct problems were drawn, and whether that is all there are. */
const known = new Map<string, { readonly drawn: number; readonly isAll: boolean }>();

/** Any: which problems there are is the same under every seed. */
const SEED = 0;

function draw(task: Task, split: Split, problems: number): { drawn: number; isAll: boolean } {
  for (let index = 0; index < problems; index += 1) {
    try {
      task.problem(split, SEED, index);
    } catch (error) {
      if ((error as Error).name === 'SplitExhaustedError') return { drawn: index, isAll: true };
      throw error;
    }
  }
  return { drawn: problems, isAll: false };
}

/** How many distinct problems a task that generates them has in a split, at most `problems`: found by drawing them. */
export function countDrawable(task: Task, split: Split, problems: number): number {
  const at = canonicalJson({ task: task.name, options: task.options, split });
  let found = known.get(at);
  if (found === undefined || (!found.isAll && found.drawn < problems)) {
    found = draw(task, split, problems);
    known.set(at, found);
  }
  return Math.min(found.drawn, problems);
}
