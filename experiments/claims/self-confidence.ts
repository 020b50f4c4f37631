import { defineClaim } from '../claim.ts';

const passAt1 = { name: 'pass@k', split: 'clean', k: 1 } as const;
const ece = { name: 'probe', probe: 'answer-confidence', metric: 'ece', split: 'clean' } as const;
const confidence = (options: object) => ({
  name: 'rlsf',
  rewards: [{ name: 'confidence', options }],
});

/** The confidence that is rewarded is the policy's own, in the tokens of its answer; no arm but ground-truth reads a label. */
export const claim = defineClaim({
  name: 'self-confidence',
  question:
    'Does rewarding a model’s own confidence in its answer make it better calibrated, and more accurate?',
  source: 'arXiv 2507.21931',
  task: { family: 'arithmetic' },
  base: 'latent-strategy',
  evaluation: { splits: { clean: 96 }, probes: { 'answer-confidence': {} } },
  conditions: {
    'confidence-rank': { scheme: 'rlsf' },
    'confidence-disparity': { scheme: confidence({ kind: 'disparity', form: 'value' }) },
    'confidence-mean-probability': { scheme: confidence({ kind: 'mean-probability', form: 'value' }) },
    'shuffled-confidence': { scheme: 'rlsf-shuffled' },
  },
  hypotheses: [
    {
      claim: 'Rewarding confidence does not cost accuracy.',
      treatment: 'confidence-rank',
      control: 'base',
      metric: passAt1,
      alternative: 'noninferior',
      margin: { value: 0.02, unit: 'fraction' },
      reported: 'noninferior',
    },
    {
      claim: 'Rewarding confidence raises accuracy a little.',
      treatment: 'confidence-rank',
      control: 'base',
      metric: passAt1,
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Rewarding confidence lowers the calibration error.',
      treatment: 'confidence-rank',
      control: 'base',
      metric: ece,
      alternative: 'less',
      reported: 'less',
    },
    {
      claim: 'The gain in accuracy needs the confidence to be the rollout’s own.',
      treatment: 'confidence-rank',
      control: 'shuffled-confidence',
      metric: passAt1,
      alternative: 'greater',
      reported: 'not-reported',
    },
    {
      claim: 'A verifier teaches more than confidence does.',
      treatment: 'ground-truth',
      control: 'confidence-rank',
      metric: passAt1,
      alternative: 'greater',
      reported: 'not-reported',
    },
  ],
});
