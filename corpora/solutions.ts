import { z } from 'zod';
import type { Generator } from '../random/generator.ts';
import type { Source } from './source.ts';

const optionsSchema = z.strictObject({
  formats: z
    .record(z.string(), z.number().min(0))
    .refine((formats) => Object.values(formats).some((weight) => weight > 0), {
      message: 'at least one format needs a frequency above 0',
    })
    .default({ scratchpad: 0.5, direct: 0.5 })
    .describe('Relative frequency of each completion format of the task.'),
});

/** A name drawn with probability proportional to its weight. */
function chooseWeighted(generator: Generator, entries: readonly (readonly [string, number])[]): string {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let rest = generator.uniform() * total;
  for (const [name, weight] of entries) {
    rest -= weight;
    if (rest < 0) return name;
  }
  return entries.at(-1)![0];
}

/** Train problems have the index of their document, so no two documents hold the same one by index. */
export const solutions: Source<z.infer<typeof optionsSchema>> = {
  name: 'solutions',
  description: "Fresh train problems of the condition's task with their solutions.",
  optionsSchema,
  findFault: ({ formats }, task) => {
    const unknown = Object.keys(formats).filter((format) => !task.formats.includes(format));
    if (unknown.length === 0) return null;
    return `formats: found ${unknown.join(', ')}; the formats of task ${task.name} are ${task.formats.join(', ')}`;
  },
  write: ({ formats }, { task, seed }, { generator, index }) => {
    const problem = task.problem('train', seed, index);
    const format = chooseWeighted(generator, Object.entries(formats));
    return problem.prompt + task.writeCompletion(problem, format, generator);
  },
};
