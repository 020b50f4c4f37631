import { defineScheme } from '../../../config/scheme.ts';

/**
 * DAPO, all four parts on GRPO's advantage:
 * 1. clip-higher: ratio in [0.8, 1.28];
 * 2. dynamic sampling: prompts are sampled on until every group has some but not all rollouts correct;
 * 3. token-level loss: Σ over all tokens / number of tokens of the optimizer batch;
 * 4. soft overlong penalty from 0 down to −1 over the last fifth of the allowed length.
 *
 * The paper adds the penalty to a reward of ±1; beside a reward of 0 or 1 the same proportion is a weight of 0.5.
 * Source: arXiv 2503.14476, section 3.
 */
export const dapo = defineScheme({
  name: 'dapo',
  title: 'DAPO',
  source: 'DAPO, arXiv 2503.14476',
  rewards: ['verifier', { name: 'length', weight: 0.5 }],
  gates: [{ name: 'mixed', options: { by: 'verdicts' } }],
  objective: [{ name: 'clipped', options: { epsilonHigh: 0.28 } }],
  aggregation: 'dapo',
});
