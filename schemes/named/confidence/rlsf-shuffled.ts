import { defineScheme } from '../../../config/scheme.ts';

/**
 * RLSF with every rollout given the confidence of another one of its group: the same rewards, without what they say. Its
 * control; what it gains, confidence had no part in. Source: control for arXiv 2507.21931.
 */
export const rlsfShuffled = defineScheme({
  name: 'rlsf-shuffled',
  title: 'Shuffled confidence (RLSF control)',
  source: 'control for RL from self-feedback, arXiv 2507.21931',
  rewards: [{ name: 'confidence', options: { kind: 'disparity', form: 'rank', isShuffled: true } }],
});
