import { defineScheme } from '../../../config/scheme.ts';

/**
 * Dr. GRPO: GRPO without its two biases. A_i = r_i − mean of the group (no division by the standard deviation, which
 * overweights prompts that are nearly always or never solved); token losses summed and divided by N · maxNewTokens (no
 * division by the completion's own length, which spares long wrong answers). Source: arXiv 2503.20783.
 */
export const drGrpo = defineScheme({
  name: 'dr-grpo',
  title: 'Dr. GRPO',
  source: 'Understanding R1-Zero-like training, arXiv 2503.20783',
  rewards: ['verifier'],
  comparisons: [{ name: 'group', options: { scale: 'none' } }],
  aggregation: 'dr_grpo',
});
