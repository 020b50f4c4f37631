import type { Condition } from '../config/experiment.ts';
import { openTask } from '../tasks/index.ts';
import type { Split } from '../tasks/problem.ts';

/** How many of a task's listed problems each split holds; null: they are generated. */
export function countSplitRows({ task }: Pick<Condition, 'task'>): ReadonlyMap<Split, number> | null {
  const { family, ...options } = task;
  const opened = openTask(family, options);
  const counts = opened.splits.flatMap((split) => {
    const count = opened.countProblems(split);
    return count === null ? [] : [[split, count] as const];
  });
  return counts.length === 0 ? null : new Map(counts);
}
