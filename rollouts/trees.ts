import { listGroups } from './groups.ts';
import type { RolloutBatch } from './rollout-batch.ts';

/**
 * Which tree each rollout belongs to: the row of the rollout that it, its parent, its parent's parent … begin with. One that
 * shares nothing and that nothing is shared with is a tree alone. [N]
 *
 * @param batch groups are whole
 * @throws RangeError when a rollout's parent is not among those before it in its group
 */
export function numberTrees({
  groups,
  parents,
}: Pick<RolloutBatch<never>, 'groups' | 'parents'>): Int32Array {
  const trees = new Int32Array(groups.length);
  for (const members of listGroups(groups)) {
    members.forEach((row, sample) => {
      const parent = parents[row]!;
      if (parent >= sample) {
        throw new RangeError(
          `rollout ${sample} of group ${groups[row]} shares tokens of ${parent}, which does not stand before it`,
        );
      }
      trees[row] = parent < 0 ? row : trees[members[parent]!]!;
    });
  }
  return trees;
}
