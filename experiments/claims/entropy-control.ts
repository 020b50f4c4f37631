import { defineClaim } from '../claim.ts';

const entropy = { name: 'step', metric: 'rollout/entropy_nats' } as const;
const passAt16 = { name: 'pass@k', split: 'clean', k: 16 } as const;

/** KL-Cov does not clip, so what it adds shows against plain GRPO without the clip. */
const coverage = [
  ['clip-cov', 'ground-truth'],
  ['kl-cov', 'unclipped'],
] as const;

/** Several updates per batch: on the first one KL-Cov has nothing to penalise. */
export const claim = defineClaim({
  name: 'entropy-control',
  question: 'Does keeping entropy up by covariance or by a bonus keep coverage without costing accuracy?',
  source: 'arXiv 2505.22617; adaptive bonus: arXiv 2505.22312',
  task: { family: 'arithmetic' },
  base: 'boundary',
  // The same evaluation as capability-boundary, so that the two share their common arms.
  evaluation: { splits: { clean: 96 }, probes: { 'base-perplexity': {} } },
  conditions: {
    'clip-cov': { scheme: 'clip-cov' },
    'kl-cov': { scheme: 'kl-cov' },
    unclipped: { scheme: { name: 'grpo', objective: ['unclipped'] } },
    'entropy-bonus': { scheme: 'entropy-bonus' },
    'adaptive-entropy-bonus': { scheme: 'adaptive-entropy-bonus' },
  },
  hypotheses: [
    {
      claim: 'RL lowers entropy below what a random reward leaves.',
      treatment: 'ground-truth',
      control: 'random-reward',
      metric: entropy,
      alternative: 'less',
      reported: 'less',
    },
    ...(['clip-cov', 'kl-cov', 'entropy-bonus', 'adaptive-entropy-bonus'] as const).map((treatment) => ({
      claim: `${treatment} leaves more entropy than plain GRPO.`,
      treatment,
      control: 'ground-truth',
      metric: entropy,
      alternative: 'greater' as const,
      reported: 'greater' as const,
    })),
    ...coverage.map(([treatment, control]) => ({
      claim: `${treatment} ends above ${control} at k = 16.`,
      treatment,
      control,
      metric: passAt16,
      alternative: 'greater' as const,
      reported: 'greater' as const,
    })),
    ...(['clip-cov', 'kl-cov'] as const).map((treatment) => ({
      claim: `${treatment} does not cost pass@1.`,
      treatment,
      control: 'ground-truth',
      metric: { name: 'pass@k', split: 'clean', k: 1 } as const,
      alternative: 'noninferior' as const,
      margin: { value: 0.05, unit: 'fraction' as const },
      reported: 'greater' as const,
    })),
  ],
});
