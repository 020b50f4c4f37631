import { defineScheme } from '../../../config/scheme.ts';

/**
 * RLSF, self-feedback: r = rank of the rollout's answer confidence in its group / (G − 1), where confidence is the mean
 * over the answer's tokens of first minus second probability; otherwise GRPO. No label is read. The paper trains a reward
 * model or DPO on the same ranking of traces; rewarding the rank itself is our reading. Source: arXiv 2507.21931.
 */
export const rlsf = defineScheme({
  name: 'rlsf',
  title: 'Own confidence (RLSF)',
  source: 'RL from self-feedback, arXiv 2507.21931',
  rewards: [{ name: 'confidence', options: { kind: 'disparity', form: 'rank' } }],
});
