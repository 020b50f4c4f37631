import { defineClaim } from '../claim.ts';

const tolerance = { value: 0.02, unit: 'fraction' } as const;

/** Facts can only be recalled and sums only be computed; RL trains on sums alone. */
export const claim = defineClaim({
  name: 'knowledge-and-reasoning',
  question: 'Does RL on reasoning change reasoning and leave knowledge alone, and in which layers does it act?',
  source: 'arXiv 2507.18178',
  task: { family: 'arithmetic' },
  base: 'latent-strategy',
  evaluation: {
    splits: { clean: 64, knowledge: 100 },
    probes: { 'fast-slow': {}, 'layer-change': {}, 'layer-restore': {}, 'knowledge-recall': {} },
  },
  hypotheses: [
    {
      claim: 'RL raises pass@1 on sums.',
      treatment: 'ground-truth',
      control: 'base',
      metric: { name: 'pass@k', split: 'clean', k: 1 },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'RL on sums leaves the recall of facts as it was.',
      treatment: 'ground-truth',
      control: 'base',
      metric: { name: 'pass@k', split: 'knowledge', k: 1 },
      alternative: 'equivalent',
      margin: tolerance,
      reported: 'equivalent',
    },
    {
      claim: 'After RL, reasoning gains more over answering at once.',
      treatment: 'ground-truth',
      control: 'base',
      metric: { name: 'probe', probe: 'fast-slow', metric: 'slow_minus_fast', split: 'clean' },
      alternative: 'greater',
      reported: 'not-reported',
    },
    {
      claim: 'RL changes the upper layers more than the lower ones.',
      treatment: 'ground-truth',
      control: 'base',
      metric: { name: 'probe', probe: 'layer-change', metric: 'upper_minus_lower', split: null },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Restoring the upper layers undoes more of the gain than restoring the lower ones.',
      treatment: 'ground-truth',
      control: 'base',
      metric: {
        name: 'probe',
        probe: 'layer-restore',
        metric: 'lower_minus_upper_restored',
        split: 'clean',
      },
      alternative: 'greater',
      reported: 'greater',
    },
  ],
});
