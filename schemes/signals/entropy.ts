import { z } from 'zod';
import type { Signal } from './signal.ts';

export const entropy: Signal<object> = {
  name: 'entropy',
  description: 'Entropy of the distribution each token was drawn from, nats.',
  source: 'Beyond the 80/20 rule, arXiv 2506.01939',
  optionsSchema: z.strictObject({}),
  read: ({ perToken }) => perToken.entropies,
};
