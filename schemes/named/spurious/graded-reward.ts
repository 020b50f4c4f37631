import { defineScheme } from '../../../config/scheme.ts';

/**
 * r = 1 − ½·min(|a − b|, 1) − ½·min(|a − b| / (|b| + 10⁻⁶), 1) for answer a and reference b, 0 when unreadable; otherwise
 * GRPO. Source: Reasoning or memorization?, arXiv 2507.10532.
 */
export const gradedReward = defineScheme({
  name: 'graded-reward',
  title: 'Graded by closeness',
  source: 'Reasoning or memorization?, arXiv 2507.10532',
  rewards: ['graded'],
});
