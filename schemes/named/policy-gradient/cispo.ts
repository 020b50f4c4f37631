import { defineScheme } from '../../../config/scheme.ts';

/**
 * CISPO: −min(ρ, 5)·A·logprob with no gradient through the weight, so that no token loses its gradient to a clip; GRPO's
 * advantage, token sum over the tokens of the optimizer batch. The cap of 5 is an absolute one, as in TRL, with the value
 * that arXiv 2510.13786 recommends; there is no lower clip. It differs from a score function only with several updates per
 * batch. Source: MiniMax-M1, arXiv 2506.13585.
 */
export const cispo = defineScheme({
  name: 'cispo',
  title: 'CISPO',
  source: 'MiniMax-M1, arXiv 2506.13585',
  rewards: ['verifier'],
  objective: [{ name: 'cispo', options: { cap: 5 } }],
  aggregation: 'dapo',
});
