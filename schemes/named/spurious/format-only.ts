import { defineScheme } from '../../../config/scheme.ts';

/**
 * r = 1 for a readable final answer whether right or wrong, else 0; otherwise GRPO. Tells what correcting the format alone
 * is worth. Source: Spurious Rewards, arXiv 2506.10947.
 */
export const formatOnly = defineScheme({
  name: 'format-only',
  title: 'Format only',
  source: 'Spurious Rewards, arXiv 2506.10947',
  rewards: ['format'],
});
