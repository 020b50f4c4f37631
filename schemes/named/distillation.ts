import { defineScheme } from '../../config/scheme.ts';

/**
 * Distillation from a stronger model, whose rollouts are the run's data: the policy maximises the likelihood of those that are
 * correct (sequence-level distillation with rejection sampling; the distilled models of arXiv 2504.13837, section 4.3, were
 * fine-tuned in this way on a teacher's chains of thought). A = 1 for a correct rollout, else 0;
 * −A·logprob, token sum over the tokens of the batch.
 */
export const distillation = defineScheme({
  name: 'distillation',
  title: 'Distillation',
  source: 'Does RL really incentivize reasoning capacity, arXiv 2504.13837',
  rewards: ['verifier'],
  comparisons: [{ name: 'group', options: { baseline: 'none', scale: 'none' } }],
  objective: ['reinforce'],
  aggregation: 'dapo',
});
