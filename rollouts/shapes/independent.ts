import { z } from 'zod';
import type { Draw, RolloutShape } from './shape.ts';

/** The first `count` samples of each prompt, drawn from the prompt alone. */
export function drawFromPrompts(problems: readonly number[], count: number): Draw[] {
  return problems.flatMap((problem) =>
    Array.from({ length: count }, (_, sample) => ({ problem, sample, opening: null })),
  );
}

export const independent: RolloutShape<object> = {
  name: 'independent',
  description: 'Each of the groupSize rollouts of a prompt is drawn from the prompt alone.',
  optionsSchema: z.strictObject({}),
  forks: false,
  width: (_options, groupSize) => groupSize,
  plan: ({ problems, groupSize }) => drawFromPrompts(problems, groupSize),
};
