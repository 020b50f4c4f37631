import { defineClaim } from '../claim.ts';

const perplexity = { name: 'probe', probe: 'base-perplexity', split: 'clean' } as const;

/** The base solves many problems now and then; the teacher has the same vocabulary and is better at every k. */
export const claim = defineClaim({
  name: 'capability-boundary',
  question:
    'Does RL only sharpen what the base model can already sample, and does distillation go beyond it?',
  source: 'arXiv 2504.13837 (boundary, distillation), arXiv 2508.10751 (pass@k training)',
  task: { family: 'arithmetic' },
  base: 'boundary',
  evaluation: { splits: { clean: 96 }, probes: { 'base-perplexity': {} } },
  conditions: {
    'teacher-rollouts': { base: 'teacher', collect: 'rollouts' },
    // One teacher for all base seeds, as in the first results of this claim.
    distilled: { scheme: 'distillation', data: { from: 'dataset', run: 'teacher-rollouts' } },
    'pass-at-k-training': { scheme: 'pass-at-k-training' },
    teacher: { scheme: 'base', base: 'teacher' },
  },
  hypotheses: [
    {
      claim: 'RL raises pass@1 above the base model.',
      treatment: 'ground-truth',
      control: 'base',
      metric: { name: 'pass@k', split: 'clean', k: 1 },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'At k = 16 the base model is above the RL model.',
      treatment: 'ground-truth',
      control: 'base',
      metric: { name: 'pass@k', split: 'clean', k: 16 },
      alternative: 'less',
      reported: 'less',
    },
    {
      claim: 'Distillation raises pass@1 above the base model.',
      treatment: 'distilled',
      control: 'base',
      metric: { name: 'pass@k', split: 'clean', k: 1 },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Distillation raises pass@16 above the base model.',
      treatment: 'distilled',
      control: 'base',
      metric: { name: 'pass@k', split: 'clean', k: 16 },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Pass@k training ends above pass@1 training at k = 16.',
      treatment: 'pass-at-k-training',
      control: 'ground-truth',
      metric: { name: 'pass@k', split: 'clean', k: 16 },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Pass@k training keeps the pass@1 of pass@1 training.',
      treatment: 'pass-at-k-training',
      control: 'ground-truth',
      metric: { name: 'pass@k', split: 'clean', k: 1 },
      alternative: 'noninferior',
      margin: { value: 0.05, unit: 'fraction' },
      reported: 'noninferior',
    },
    {
      claim:
        'What the RL model answers is more likely under the base model than what the base model answers itself.',
      treatment: 'ground-truth',
      control: 'ground-truth',
      metric: { ...perplexity, metric: 'log_perplexity_base_nats' },
      controlMetric: { ...perplexity, metric: 'log_perplexity_base_own_nats' },
      alternative: 'less',
      reported: 'less',
    },
  ],
});
