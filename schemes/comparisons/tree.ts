import { z } from 'zod';
import { MissingColumnError } from '../../rollouts/rollout-batch.ts';
import { numberTrees } from '../../rollouts/trees.ts';
import type { Comparison } from './comparison.ts';
import { group } from './group.ts';

const optionsSchema = z.strictObject({
  scale: z
    .enum(['tree', 'none'])
    .default('tree')
    .describe('Divide by the standard deviation (ddof 1, + 1e-4) of the tree, or not at all.'),
});

/**
 * r − mean of the tree, divided by (std of the tree + 1e-4) | nothing: `group` over rollouts that share tokens. Rollouts that
 * differ behind a shared prefix alone say what came of it. One that shares nothing gets 0.
 *
 * @throws MissingColumnError when no rollouts of the batch share tokens
 */
export const tree: Comparison<z.infer<typeof optionsSchema>> = {
  name: 'tree',
  description: 'The rollouts of one tree, which share their first tokens, with each other.',
  source: 'Tree-GRPO, arXiv 2509.21240 (intra-tree advantage)',
  optionsSchema,
  findFault: (_options, { forks }) =>
    forks ? null : 'it compares rollouts that share tokens; the scheme needs `rollouts: tree`, for example',
  groupsOf: (batch) => {
    if (batch.parents.every((parent) => parent < 0)) {
      throw new MissingColumnError(
        `none of ${batch.count} rollouts shares tokens with another, which comparison tree needs; they were sampled ` +
          'under a scheme whose rollouts do not fork',
      );
    }
    return numberTrees(batch);
  },
  compare: (rewards, trees, { scale }) =>
    group.compare(rewards, trees, { baseline: 'mean', scale: scale === 'tree' ? 'group' : 'none' }),
};
