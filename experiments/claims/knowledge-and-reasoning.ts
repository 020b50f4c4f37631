import { defineClaim } from '../claim.ts';

const fastSlow = { name: 'probe', probe: 'fast-slow' } as const;
const tolerance = { value: 0.02, unit: 'fraction' } as const;

/** Facts can only be recalled and sums only be computed; RL trains on sums alone. */
export const claim = defineClaim({
  name: 'knowledge-and-reasoning',
  question:
    'Does RL on reasoning change reasoning and leave knowledge alone, and in which layers does it act?',
  source: 'arXiv 2507.18178',
  task: { family: 'arithmetic' },
  base: 'latent-strategy',
  evaluation: {
    splits: { clean: 64, knowledge: 100 },
    probes: {
      'fast-slow': { splits: ['clean', 'knowledge'] },
      'layer-change': {},
      'layer-restore': {},
      'knowledge-recall': {},
    },
  },
  scales: {
    tiny: {
      base: { architecture: { layers: 3 } },
      evaluation: { splits: { clean: 6, knowledge: 6 } },
    },
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
      claim: 'Before RL, reasoning answers more sums right than answering at once.',
      treatment: 'base',
      control: 'base',
      metric: { ...fastSlow, metric: 'slow', split: 'clean' },
      controlMetric: { ...fastSlow, metric: 'fast', split: 'clean' },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Before RL, reasoning recalls fewer facts than answering at once.',
      treatment: 'base',
      control: 'base',
      metric: { ...fastSlow, metric: 'slow', split: 'knowledge' },
      controlMetric: { ...fastSlow, metric: 'fast', split: 'knowledge' },
      alternative: 'less',
      reported: 'less',
    },
    {
      claim: 'RL changes the last layer more than the first.',
      treatment: 'ground-truth',
      control: 'ground-truth',
      metric: { name: 'probe', probe: 'layer-change', metric: 'change_layer_2' },
      controlMetric: { name: 'probe', probe: 'layer-change', metric: 'change_layer_0' },
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Giving the upper layers back their old weights undoes more than giving the lower ones.',
      treatment: 'ground-truth',
      control: 'ground-truth',
      metric: { name: 'probe', probe: 'layer-restore', metric: 'drop_restored_upper', split: 'clean' },
      controlMetric: { name: 'probe', probe: 'layer-restore', metric: 'drop_restored_lower', split: 'clean' },
      alternative: 'greater',
      reported: 'greater',
    },
  ],
});
