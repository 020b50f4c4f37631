import { defineScheme } from '../../../config/scheme.ts';

/**
 * RLSF with the rewards of each group at places drawn uniformly: the same rewards, without what they say. Its
 * control; what it gains, confidence had no part in. Source: control for arXiv 2507.21931.
 */
export const rlsfShuffled = defineScheme({
  name: 'rlsf-shuffled',
  title: 'Shuffled confidence (RLSF control)',
  source: 'control for RL from self-feedback, arXiv 2507.21931',
  rewards: [
    {
      name: 'permuted',
      options: { reward: 'confidence', options: { kind: 'disparity', form: 'rank' } },
    },
  ],
});
