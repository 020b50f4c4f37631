import { z } from 'zod';
import { requireColumns } from '../../rollouts/rollout-batch.ts';
import type { Signal } from './signal.ts';

export const disparity: Signal<object> = {
  name: 'disparity',
  description: 'First minus second probability of the distribution each token was drawn from.',
  optionsSchema: z.strictObject({}),
  needs: () => ['disparities'],
  read: (batch) => {
    const needed = { perToken: ['disparities'], perRollout: [] } as const;
    return requireColumns(batch, needed, 'signal disparity').perToken.disparities;
  },
};
