import { z } from 'zod';
import { MAX_ROUNDS, type Gate } from './gate.ts';

const optionsSchema = z.strictObject({
  by: z
    .enum(['rewards', 'verdicts'])
    .default('rewards')
    .describe(
      'What has to differ: the rewards that the scheme gives, or the true verdicts, some but not all of them correct (which reads labels even under a reward that does not).',
    ),
  rounds: z
    .number()
    .int()
    .min(1)
    .max(MAX_ROUNDS)
    .default(4)
    .describe('At most so many sampling rounds per step.'),
});

/** Dynamic sampling: groups without differences say nothing about their prompt and are left out. */
export const mixed: Gate<z.infer<typeof optionsSchema>> = {
  name: 'mixed',
  description: 'Keep sampling prompts until the batch holds only groups whose rollouts differ.',
  source: 'DAPO, arXiv 2503.14476, dynamic sampling',
  optionsSchema,
  sees: ({ by }) => (by === 'verdicts' ? 'labels' : 'nothing'),
  rounds: ({ rounds }) => rounds,
  keeps: (group, { by }) => {
    if (by === 'rewards') return new Set(group.flatMap(({ reward }) => reward ?? [])).size > 1;
    const correct = group.filter(({ outcome }) => outcome === 'correct').length;
    return correct > 0 && correct < group.length;
  },
};
