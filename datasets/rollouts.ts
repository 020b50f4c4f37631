import { z } from 'zod';
import type { Collector } from './collector.ts';

const optionsSchema = z.strictObject({
  keep: z
    .enum(['all', 'correct'])
    .default('all')
    .describe('Which rollouts become rows: all of them, or the correct ones (rejection sampling).'),
});

/** What the run's policy samples, one row per rollout, in the order in which it was sampled. */
export const rollouts: Collector<z.infer<typeof optionsSchema>> = {
  name: 'rollouts',
  description: 'What the run’s policy samples, one row per rollout.',
  optionsSchema,
  reads: 'own',
  gives: 'rollouts',
  sees: ({ keep }) => (keep === 'correct' ? 'labels' : 'nothing'),
  collect: (sampled, { keep }) =>
    sampled
      .filter(({ outcome }) => keep === 'all' || outcome === 'correct')
      .map(({ step, problemIndex, sampleIndex, address, prompt, completion, outcome }) => ({
        ...{ step, problemIndex, sampleIndex, ...address },
        ...{ prompt, completion, outcome },
      })),
};
