import { createPartIndex, type PartEntry } from '../config/part-index.ts';
import { arithmetic } from './arithmetic.ts';
import { countdown } from './countdown.ts';
import { jsonl } from './jsonl.ts';
import { knowledge } from './knowledge.ts';
import { bindTask, type Task } from './task.ts';
import type { TaskFamily } from './task-family.ts';

function part<Options extends object>(family: TaskFamily<Options>): PartEntry<Task> {
  const { name, optionsSchema } = family;
  return { name, optionsSchema, open: (options) => bindTask(family, options) };
}

/** Every task family; one more is a file and a line here. */
const index = createPartIndex('task', [part(arithmetic), part(countdown), part(jsonl), part(knowledge)]);

export const { names: taskNames, open: openTask, optionsSchema: taskOptionsSchema } = index;

/** Takes in a family of a declaration's own under `name`, which no other has. */
export function takeTask(family: TaskFamily<object>, name: string): void {
  index.add(part({ ...family, name }));
}
