import { z } from 'zod';
import type { Signal } from './signal.ts';

export const surprisal: Signal<object> = {
  name: 'surprisal',
  description: 'Minus the logprob of the token drawn, nats.',
  optionsSchema: z.strictObject({}),
  read: ({ perToken }) => perToken.logprobs.map((logprob) => -logprob),
};
