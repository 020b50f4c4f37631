import { defineClaim } from '../claim.ts';

const passAt1 = { name: 'pass@k', split: 'clean', k: 1 } as const;
const stated = { name: 'probe', probe: 'answer-confidence', split: 'clean' } as const;
const brier = { ...stated, metric: 'stated_brier' } as const;
const ece = { ...stated, metric: 'stated_ece' } as const;

/** The base states a confidence with every answer that means nothing yet; `rlvr` has RLCR's advantage and does not train it. */
export const claim = defineClaim({
  name: 'calibrated-confidence',
  question: 'Does a Brier term teach a model to state how sure it may be, at no cost in accuracy?',
  source: 'arXiv 2507.16806',
  task: { family: 'arithmetic' },
  base: 'verbalised-confidence',
  evaluation: {
    splits: { clean: 96 },
    probes: { 'answer-confidence': { kinds: ['stated'] } },
  },
  conditions: {
    rlvr: { scheme: { name: 'grpo', comparisons: [{ name: 'group', options: { scale: 'none' } }] } },
    rlcr: { scheme: 'rlcr' },
    'rlcr-log-score': { scheme: 'rlcr-log-score' },
  },
  hypotheses: [
    {
      claim: 'RLCR is as accurate as RLVR.',
      treatment: 'rlcr',
      control: 'rlvr',
      metric: passAt1,
      alternative: 'noninferior',
      margin: { value: 0.05, unit: 'fraction' },
      reported: 'noninferior',
    },
    {
      claim: 'RLCR lowers the Brier score of the stated confidence below RLVR’s.',
      treatment: 'rlcr',
      control: 'rlvr',
      metric: brier,
      alternative: 'less',
      reported: 'less',
    },
    {
      claim: 'RLCR lowers the calibration error of the stated confidence below RLVR’s.',
      treatment: 'rlcr',
      control: 'rlvr',
      metric: ece,
      alternative: 'less',
      reported: 'less',
    },
    {
      claim: 'The Brier term is as good as a log score, which is proper too.',
      treatment: 'rlcr',
      control: 'rlcr-log-score',
      metric: brier,
      alternative: 'noninferior',
      margin: { value: 0.05, unit: 'fraction' },
      reported: 'not-reported',
    },
  ],
});
