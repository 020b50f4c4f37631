import { defineClaim } from '../claim.ts';

const passAt1 = { name: 'pass@k', split: 'clean', k: 1 } as const;
const margin = { value: 0.05, unit: 'fraction' } as const;

/** Several updates per batch, because with one the ratio is 1 and all clipping variants coincide. */
export const claim = defineClaim({
  name: 'policy-gradient-family',
  question:
    'Do the policy-gradient variants reach other accuracies than GRPO at the same rollouts and steps?',
  source: 'arXiv 2402.14740, 2501.03262, 2503.14476, 2503.20783, 2506.13585, 2507.18071',
  task: { family: 'arithmetic' },
  base: 'latent-strategy',
  evaluation: { splits: { clean: 64 } },
  conditions: {
    'dr-grpo': { scheme: 'dr-grpo' },
    dapo: { scheme: 'dapo' },
    gspo: { scheme: 'gspo' },
    cispo: { scheme: 'cispo' },
    rloo: { scheme: 'rloo' },
    'reinforce-plus-plus': { scheme: 'reinforce-plus-plus' },
    'reinforce-plus-plus-baseline': { scheme: 'reinforce-plus-plus-baseline' },
    ppo: { scheme: 'ppo' },
  },
  hypotheses: [
    {
      claim: 'GRPO with a verifier ends above the same algorithm with a random reward.',
      treatment: 'ground-truth',
      control: 'random-reward',
      metric: passAt1,
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'DAPO ends above GRPO.',
      treatment: 'dapo',
      control: 'ground-truth',
      metric: passAt1,
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Dr. GRPO is as accurate as GRPO.',
      treatment: 'dr-grpo',
      control: 'ground-truth',
      metric: passAt1,
      alternative: 'equivalent',
      margin,
      reported: 'equivalent',
    },
    {
      claim: 'Dr. GRPO writes shorter wrong answers than GRPO.',
      treatment: 'dr-grpo',
      control: 'ground-truth',
      metric: { name: 'step', metric: 'rollout/length_tokens_incorrect' },
      alternative: 'less',
      reported: 'less',
    },
    ...(['rloo', 'reinforce-plus-plus', 'reinforce-plus-plus-baseline', 'ppo'] as const).map((treatment) => ({
      claim: `${treatment} ends close to GRPO.`,
      treatment,
      control: 'ground-truth',
      metric: passAt1,
      alternative: 'equivalent' as const,
      margin,
      reported: 'equivalent' as const,
    })),
    ...(['gspo', 'cispo'] as const).map((treatment) => ({
      claim: `${treatment} is no worse than GRPO when several updates reuse a batch.`,
      treatment,
      control: 'ground-truth',
      metric: passAt1,
      alternative: 'noninferior' as const,
      margin,
      reported: 'greater' as const,
    })),
  ],
});
