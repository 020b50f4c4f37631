import { defineClaim } from '../claim.ts';

const passAt1 = { name: 'pass@k', split: 'clean', k: 1 } as const;
const passAt16 = { name: 'pass@k', split: 'clean', k: 16 } as const;
const margin = { value: 0.03, unit: 'fraction' } as const;

/** On a base whose pass@16 leaves room, so that a loss or a gain at large k can show. */
export const claim = defineClaim({
  name: 'negative-reinforcement',
  question: 'Are wrong samples enough to learn from, and do right samples alone cost coverage?',
  source: 'arXiv 2506.01347',
  task: { family: 'arithmetic' },
  base: 'boundary',
  // The same evaluation as capability-boundary, so that the two share their common arms.
  evaluation: { splits: { clean: 96 }, probes: { 'base-perplexity': {} } },
  conditions: {
    positive: { scheme: 'positive-reinforcement' },
    negative: { scheme: 'negative-reinforcement' },
    'weighted-0.1': { scheme: 'weighted-reinforcement' },
    'weighted-0.2': {
      scheme: {
        name: 'weighted-reinforcement',
        comparisons: [{ name: 'signed', options: { positive: 0.2 } }],
      },
    },
    reinforce: {
      scheme: { name: 'weighted-reinforcement', comparisons: [{ name: 'signed', options: { positive: 1 } }] },
    },
  },
  hypotheses: [
    {
      claim: 'Negative samples alone raise pass@1.',
      treatment: 'negative',
      control: 'base',
      metric: passAt1,
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Negative samples alone keep the base model’s pass@16.',
      treatment: 'negative',
      control: 'base',
      metric: passAt16,
      alternative: 'noninferior',
      margin,
      reported: 'noninferior',
    },
    {
      claim: 'Positive samples alone lower pass@16 below the base model’s.',
      treatment: 'positive',
      control: 'base',
      metric: passAt16,
      alternative: 'less',
      reported: 'less',
    },
    {
      claim: 'Negative samples keep more of pass@16 than positive ones.',
      treatment: 'negative',
      control: 'positive',
      metric: passAt16,
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'W-REINFORCE (λ = 0.1) reaches the pass@1 of full REINFORCE.',
      treatment: 'weighted-0.1',
      control: 'reinforce',
      metric: passAt1,
      alternative: 'noninferior',
      margin,
      reported: 'greater',
    },
    {
      claim: 'W-REINFORCE (λ = 0.1) ends above full REINFORCE at k = 16.',
      treatment: 'weighted-0.1',
      control: 'reinforce',
      metric: passAt16,
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Positive samples alone leave less entropy than negative ones.',
      treatment: 'positive',
      control: 'negative',
      metric: { name: 'step', metric: 'rollout/entropy_nats' },
      alternative: 'less',
      reported: 'less',
    },
  ],
});
