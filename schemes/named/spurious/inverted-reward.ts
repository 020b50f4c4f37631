import { defineScheme } from '../../../config/scheme.ts';

/**
 * 1 − r of the graded reward for a readable answer, still 0 for an unreadable one; otherwise GRPO. The arm that must
 * collapse where rewards are learned from at all. Source: Reasoning or memorization?, arXiv 2507.10532.
 */
export const invertedReward = defineScheme({
  name: 'inverted-reward',
  title: 'Inverted graded reward',
  source: 'Reasoning or memorization?, arXiv 2507.10532',
  rewards: [{ name: 'graded', options: { isInverted: true } }],
});
