import type { Split } from './problem.ts';
import type { Task } from './task.ts';

/** Whose problems a split holds: of several tasks the first that has it; null when none does. */
export function findTaskOfSplit(tasks: readonly Task[], split: Split): Task | null {
  return tasks.find(({ splits }) => splits.includes(split)) ?? null;
}
