import { z } from 'zod';
import { openTask } from '../tasks/index.ts';
import { EVALUATION_SEED } from '../tasks/problem.ts';
import { findTaskOfSplit } from '../tasks/task-of-split.ts';
import type { Source } from './source.ts';

/** Half of the 26³ keys that task knowledge has. */
const MOST_FACTS = 26 ** 3 / 2;

const optionsSchema = z.strictObject({
  count: z
    .int()
    .min(1)
    .max(MOST_FACTS)
    .default(200)
    .describe('Facts in the table; split knowledge asks for them.'),
});

/** Facts recur, each as often as any other: what is to be learned by heart. */
export const facts: Source<z.infer<typeof optionsSchema>> = {
  name: 'facts',
  description:
    'Facts of task knowledge, a table from keys to values, which the model then knows beside its own task.',
  optionsSchema,
  tasks: ({ count }) => [openTask('knowledge', { facts: count })],
  teaches: ({ count }) => ({ split: 'knowledge', problems: count, isLeak: false }),
  write: ({ count }, { tasks }, { generator }) => {
    const knowledge = findTaskOfSplit(tasks, 'knowledge')!;
    const fact = knowledge.problem('knowledge', EVALUATION_SEED, generator.integer(count));
    return fact.prompt + knowledge.writeCompletion(fact, knowledge.formats[0]!, generator);
  },
};
