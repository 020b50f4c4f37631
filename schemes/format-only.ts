import { defineScheme } from '../spec/scheme.ts';

/** 1 for a well-formed answer whether right or wrong, otherwise GRPO. Source: Spurious Rewards, arXiv 2506.10947. */
export const formatOnly = defineScheme({
  name: 'format-only',
  title: 'Format only',
  source: 'arXiv 2506.10947',
  rewards: [{ component: 'format' }],
});
