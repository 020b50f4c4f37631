import { z } from 'zod';
import { evaluationSplitSchema } from '../config/training.ts';
import { EVALUATION_SEED } from '../tasks/problem.ts';
import type { Source } from './source.ts';

const optionsSchema = z.strictObject({
  split: evaluationSplitSchema.default('contaminated').describe('Split whose first problems are planted.'),
  problems: z.int().min(1).default(32).describe('How many of its problems are planted.'),
  format: z.string().default('direct').describe('Format of the planted answers.'),
  isPlanted: z
    .boolean()
    .default(true)
    .describe('False: a control, with a fresh train problem in the place of each planted one.'),
});

/** A leak on purpose. The control writes in the same format, so twins differ in the problems alone. */
export const planted: Source<z.infer<typeof optionsSchema>> = {
  name: 'planted',
  description: "Evaluation problems of the condition's task with their answers: a leak on purpose.",
  optionsSchema,
  teaches: ({ split, problems }) => ({ split, problems, isLeak: true }),
  findFault: ({ split, format }, task) => {
    if (!task.splits.includes(split))
      return `split: found ${split}; task ${task.name} has the splits ${task.splits.join(', ')}`;
    if (!task.formats.includes(format))
      return `format: found ${format}; the formats of task ${task.name} are ${task.formats.join(', ')}`;
    return null;
  },
  write: ({ split, problems, format, isPlanted }, { task, seed }, { generator, index }) => {
    const problem = isPlanted
      ? task.problem(split, EVALUATION_SEED, generator.integer(problems))
      : task.problem('train', seed, index);
    return problem.prompt + task.writeCompletion(problem, format, generator);
  },
};
