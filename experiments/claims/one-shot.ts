import { defineClaim } from '../claim.ts';

const passAt1 = { name: 'pass@k', split: 'clean', k: 1 } as const;
const ranked = { from: 'dataset', run: 'ranked' } as const;

/**
 * The full set is a pool of 64 problems (ground-truth); its run of the same seeds ranks them by how much their accuracy varied, and
 * what others train on are the first or the last of these.
 */
export const claim = defineClaim({
  name: 'one-shot',
  question:
    'Does RL on one well-chosen problem give what RL on the whole set gives, and is that only the format?',
  source: 'arXiv 2504.20571',
  task: { family: 'arithmetic' },
  base: 'latent-strategy',
  training: { pool: 64 },
  evaluation: { splits: { clean: 64 } },
  scales: { tiny: { training: { steps: 8, pool: 16 } } },
  conditions: {
    ranked: { collect: 'ranked-problems', data: { from: 'rollouts', run: 'ground-truth' } },
    'one-shot': { data: { ...ranked, take: 1 } },
    'one-shot-lowest-variance': { data: { ...ranked, take: 1, pick: 'last' } },
    'two-shot': { data: { ...ranked, take: 2 } },
    'sixteen-shot': { data: { ...ranked, take: 16 } },
    'one-shot-format-only': { scheme: 'format-only', data: { ...ranked, take: 1 } },
    'one-shot-entropy-only': {
      scheme: 'entropy-only',
      training: { steps: 10 },
      data: { ...ranked, take: 1 },
    },
  },
  hypotheses: [
    {
      claim: 'RL on one problem raises pass@1 on unseen problems.',
      treatment: 'one-shot',
      control: 'base',
      metric: passAt1,
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'One problem is as good as the full set.',
      treatment: 'one-shot',
      control: 'ground-truth',
      metric: passAt1,
      alternative: 'noninferior',
      margin: { value: 0.05, unit: 'fraction' },
      reported: 'noninferior',
    },
    {
      claim: 'Sixteen problems are as good as the full set.',
      treatment: 'sixteen-shot',
      control: 'ground-truth',
      metric: passAt1,
      alternative: 'noninferior',
      margin: { value: 0.05, unit: 'fraction' },
      reported: 'noninferior',
    },
    {
      claim: 'One problem with the verifier is worth more than with a reward for the format alone.',
      treatment: 'one-shot',
      control: 'one-shot-format-only',
      metric: passAt1,
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'The problem of highest historical variance is better than that of lowest.',
      treatment: 'one-shot',
      control: 'one-shot-lowest-variance',
      metric: passAt1,
      alternative: 'greater',
      reported: 'not-reported',
    },
    {
      claim: 'The entropy term alone raises pass@1.',
      treatment: 'one-shot-entropy-only',
      control: 'base',
      metric: passAt1,
      alternative: 'greater',
      reported: 'greater',
    },
  ],
});
