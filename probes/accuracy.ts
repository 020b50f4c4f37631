import type { Problem } from '../tasks/problem.ts';
import type { FinishedCompletion, Task } from '../tasks/task.ts';

/** 1 correct, 0 incorrect or malformed, null where the check cannot decide. */
export function scoreCompletion(task: Task, problem: Problem, completion: FinishedCompletion): 0 | 1 | null {
  const { outcome } = task.verify(problem, completion);
  if (outcome === 'unverifiable') return null;
  return outcome === 'correct' ? 1 : 0;
}

/** Share of correct completions among those the check decides; null when it decides none. */
export function meanAccuracy(
  task: Task,
  problem: Problem,
  completions: readonly FinishedCompletion[],
): number | null {
  const scores = completions
    .map((completion) => scoreCompletion(task, problem, completion))
    .filter((score) => score !== null);
  return scores.length === 0 ? null : scores.reduce<number>((sum, score) => sum + score, 0) / scores.length;
}
