import { z } from 'zod';
import {
  compareGroups,
  isScored,
  measureSpread,
  requireFiniteRewards,
  SCALE_EPSILON,
  type Comparison,
} from './comparison.ts';

const optionsSchema = z.strictObject({
  baseline: z
    .enum(['mean', 'others', 'none'])
    .default('mean')
    .describe(
      'What is subtracted from the reward: the mean of the group, the mean of the others (RLOO), or nothing.',
    ),
  scale: z
    .enum(['group', 'batch', 'none'])
    .default('group')
    .describe('Divide by the standard deviation (ddof 1, + 1e-4) of the group, of the batch, or not at all.'),
});

type GroupOptions = z.infer<typeof optionsSchema>;

/** The scored rewards of one group minus their baseline; null stays null. */
function centre(rewards: readonly (number | null)[], baseline: GroupOptions['baseline']): (number | null)[] {
  const scored = rewards.filter(isScored);
  if (baseline === 'none' || scored.length === 0) return [...rewards];
  const { mean } = measureSpread(scored);
  // A lone scored rollout has nothing to be compared with: its difference from the mean is 0 either way.
  const isOfOthers = baseline === 'others' && scored.length > 1;
  const factor = isOfOthers ? scored.length / (scored.length - 1) : 1;
  return rewards.map((reward) => (reward === null ? null : factor * (reward - mean)));
}

/**
 * r − mean of the group | r − mean of the *other* rollouts of the group | r, divided by (std of the group + 1e-4) | (std of the
 * whole batch + 1e-4) | nothing; std has ddof 1, all in float64. A group of equal rewards gets exactly 0 from either baseline.
 *
 * @throws RangeError when a reward is not finite
 */
export const group: Comparison<GroupOptions> = {
  name: 'group',
  description: 'The rollouts of one prompt with each other.',
  source: 'GRPO, arXiv 2402.03300; Dr. GRPO, 2503.20783 (scale none); RLOO, 2402.14740 (others)',
  optionsSchema,
  findFault: ({ baseline, scale }, { training }) =>
    training.groupSize < 2 && (baseline !== 'none' || scale === 'group')
      ? 'it compares rollouts of a group, so training.groupSize needs to be at least 2; found 1'
      : null,
  compare: (rewards, groups, { baseline, scale }) => {
    requireFiniteRewards(rewards);
    const batchDeviation = measureSpread(rewards.filter(isScored)).deviation;
    return compareGroups(rewards, groups, (members) => {
      const deviation =
        scale === 'group' ? measureSpread(members.filter(isScored)).deviation : batchDeviation;
      const divisor = scale === 'none' ? 1 : deviation + SCALE_EPSILON;
      return centre(members, baseline).map((value) => (value === null ? 0 : value / divisor));
    });
  },
};
