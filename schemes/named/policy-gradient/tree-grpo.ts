import { defineScheme } from '../../../config/scheme.ts';

/**
 * Tree-GRPO: most of a prompt's rollouts fork off others at sampled tokens, and A = A_intra + A_inter, the z-scores over the
 * rollouts of the same tree and over all of the prompt. Tokens that rollouts share learn in each of them. As grpo otherwise: the
 * paper forks at whole steps of an agent and adds 0.001 · KL. Intra alone collapses there. Source: arXiv 2509.21240.
 */
export const treeGrpo = defineScheme({
  name: 'tree-grpo',
  title: 'Tree-GRPO',
  source: 'Tree-GRPO, arXiv 2509.21240',
  rollouts: 'tree',
  rewards: ['verifier'],
  comparisons: ['tree', 'group'],
});
