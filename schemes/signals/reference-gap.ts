import { z } from 'zod';
import { requireColumns } from '../../rollouts/rollout-batch.ts';
import type { Signal } from './signal.ts';

export const referenceGap: Signal<object> = {
  name: 'reference-gap',
  description: 'Logprob of the token drawn less its logprob under the reference policy, nats.',
  optionsSchema: z.strictObject({}),
  needs: () => ['referenceLogprobs'],
  read: (batch) => {
    const needed = { perToken: ['referenceLogprobs'], perRollout: [] } as const;
    const { referenceLogprobs } = requireColumns(batch, needed, 'signal reference-gap').perToken;
    return batch.perToken.logprobs.map((logprob, at) => logprob - referenceLogprobs[at]!);
  },
};
