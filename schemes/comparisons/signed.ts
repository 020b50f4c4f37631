import { z } from 'zod';
import { findOutcomeFault, requireFiniteRewards, type Comparison } from './comparison.ts';

const optionsSchema = z.strictObject({
  positive: z.number().min(0).default(1).describe('Weight λ of correct rollouts.'),
  negative: z.number().min(0).default(1).describe('Weight of the others.'),
});

/** A scheme with signed outcomes got a reward below 0: leave penalties out of its rewards or compare within the group. */
export class NegativeOutcomeError extends Error {
  override readonly name = 'NegativeOutcomeError';
}

/** +positive · r above 0 (partial credit counts in part), −negative at 0; compared with nothing. @throws NegativeOutcomeError */
export const signed: Comparison<z.infer<typeof optionsSchema>> = {
  name: 'signed',
  description: 'With nothing: +positive · reward when it is above 0, −negative when it is 0.',
  source: 'PSR, NSR, W-REINFORCE: arXiv 2506.01347',
  optionsSchema,
  findFault: (_options, setting) => findOutcomeFault('signed', setting),
  compare: (rewards, groups, { positive, negative }) => {
    requireFiniteRewards(rewards);
    if (rewards.length !== groups.length) {
      throw new RangeError(`${rewards.length} rollouts need as many group numbers, found ${groups.length}`);
    }
    return Float32Array.from(rewards, (reward) => {
      if (reward === null) return 0;
      if (reward > 0) return positive * reward;
      if (reward === 0) return -negative;
      throw new NegativeOutcomeError(
        `a reward of ${reward} is neither right nor wrong; comparison "signed" expects 0 or more. ` +
          'Remove penalties from the scheme\'s rewards, or compare by "group"',
      );
    });
  },
};
