import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { EVALUATION_SEED, type Problem } from '../tasks/problem.ts';
import type { Task } from '../tasks/task.ts';

/**
 * A completion that says all that it said, but for the shortest part right before its answer without which the task finds none.
 *
 * @returns null where the answer is found whatever stands before it
 * @example leaveOutMark(arithmetic, problem, '[55;52]#52') // '[55;52]52'
 */
export function leaveOutMark(task: Task, problem: Problem, completion: string): string | null {
  const from = task.answerSpan(completion)?.from ?? 0;
  for (let length = 1; length <= from; length += 1) {
    const text = completion.slice(0, from - length) + completion.slice(from);
    if (task.verify(problem, { text, isTruncated: false }).outcome === 'malformed') return text;
  }
  return null;
}

/** Why completions in these formats cannot be malformed; null: they can. Beginning with the option. */
export function findMarkFault(task: Task, formats: Readonly<Record<string, number>>): string | null {
  const problem = task.problem('train', EVALUATION_SEED, 0);
  const marked = Object.keys(formats).filter((format) => {
    const generator = createGenerator(deriveStream(EVALUATION_SEED, 'corpus'));
    return leaveOutMark(task, problem, task.writeCompletion(problem, format, generator)) === null;
  });
  return marked.length === 0
    ? null
    : `malformedShare: task ${task.name} finds the answer of ${marked.join(', ')} without a mark; leave it out`;
}
