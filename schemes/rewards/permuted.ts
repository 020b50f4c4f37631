import { z } from 'zod';
import { delegateTo, innerShape, type OpenReward } from './inner-reward.ts';
import { scoreReward, type GroupMember, type Reward } from './reward.ts';

const optionsSchema = z.strictObject(innerShape('permuted', 'The reward whose values are put elsewhere.'));

/**
 * Whose value the rollout at `position` gets: its rank among the draws of its group, so that all of them together are a
 * uniform permutation, which may leave some in their place. Were each to get another's, what it gets would be
 * correlated −1/(G − 1) with its own, and the control would train against the reward it stands for.
 */
function sourceOf(group: readonly GroupMember[], position: number): number {
  const own = group[position]!.order;
  return group.filter(({ order }, at) => order < own || (order === own && at < position)).length;
}

/**
 * The permuted twin of any reward: the same values within each group, each at a place drawn uniformly, so that neither the
 * rollout nor its own value says anything about what it gets. Tells "this reward" from "any reward of this density". All
 * permuted rewards of a scheme share one permutation of the group.
 */
export function createPermuted(open: OpenReward): Reward<z.infer<typeof optionsSchema>> {
  const { openInner, declared, settle } = delegateTo(open);
  return {
    name: 'permuted',
    description:
      "Control: another reward's values, put in places of the same group drawn uniformly (a rollout may keep its own).",
    optionsSchema: optionsSchema.transform(settle),
    ...declared,
    score: ({ group, position }, options) => {
      const source = sourceOf(group, position);
      return scoreReward(openInner(options), { ...group[source]!, group, position: source });
    },
  };
}
