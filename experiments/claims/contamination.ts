import { defineClaim } from '../claim.ts';

/** Twins: the same recipe with 32 problems planted, and with fresh ones in their place. */
export const claim = defineClaim({
  name: 'contamination',
  question: 'Do gains under uninformative rewards come from problems the base model has memorised?',
  source: 'arXiv 2507.10532',
  task: { family: 'arithmetic' },
  evaluation: {
    splits: { clean: 64, contaminated: 32 },
    probes: { 'partial-prompt': { splits: ['contaminated', 'clean'] } },
  },
  axes: { corpus: { leaked: { base: 'contaminated' }, twin: { base: 'decontaminated' } } },
  scales: { tiny: { evaluation: { splits: { clean: 6, contaminated: 4 } } } },
  conditions: {
    graded: { scheme: 'graded-reward' },
    inverted: { scheme: 'inverted-reward' },
  },
  hypotheses: [
    {
      claim: 'The leaked base completes the planted prompts that its twin does not.',
      treatment: 'base/leaked',
      control: 'base/twin',
      metric: {
        name: 'probe',
        probe: 'partial-prompt',
        metric: 'exact_match_60',
        split: 'contaminated',
      },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'The leak lifts pass@1 on the planted problems.',
      treatment: 'base/leaked',
      control: 'base/twin',
      metric: { name: 'pass@k', split: 'contaminated', k: 1 },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'A random reward lifts pass@1 on the planted problems of the leaked base.',
      treatment: 'random-reward/leaked',
      control: 'base/leaked',
      metric: { name: 'pass@k', split: 'contaminated', k: 1 },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'A random reward lifts nothing on unseen problems.',
      treatment: 'random-reward/twin',
      control: 'base/twin',
      metric: { name: 'pass@k', split: 'clean', k: 1 },
      alternative: 'equivalent',
      margin: { value: 0.05, unit: 'fraction' },
      reported: 'equivalent',
    },
    {
      claim: 'A graded reward lifts pass@1 on unseen problems.',
      treatment: 'graded/twin',
      control: 'base/twin',
      metric: { name: 'pass@k', split: 'clean', k: 1 },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'The inverted graded reward lowers pass@1.',
      treatment: 'inverted/twin',
      control: 'base/twin',
      metric: { name: 'pass@k', split: 'clean', k: 1 },
      alternative: 'less',
      reported: 'less',
    },
  ],
});
