import { defineClaim } from '../claim.ts';

const passAt1 = { name: 'pass@k', split: 'clean', k: 1 } as const;
const pool = 64;
const from = 'full-set';

/** The full set is a pool of 64 problems; its run of the same seeds ranks them by the variance of their accuracy. */
export const claim = defineClaim({
  name: 'one-shot',
  question:
    'Does RL on one well-chosen problem give what RL on the whole set gives, and is that only the format?',
  source: 'arXiv 2504.20571',
  task: { family: 'arithmetic' },
  base: 'latent-strategy',
  evaluation: { splits: { clean: 64 } },
  conditions: {
    'full-set': { training: { pool } },
    'one-shot': { training: { pool, examples: { from } } },
    'one-shot-lowest-variance': { training: { pool, examples: { from, order: 'lowest-variance' } } },
    'two-shot': { training: { pool, examples: { from, count: 2 } } },
    'sixteen-shot': { training: { pool, examples: { from, count: 16 } } },
    'one-shot-format-only': { scheme: 'format-only', training: { pool, examples: { from } } },
    'one-shot-entropy-only': { scheme: 'entropy-only', training: { pool, examples: { from } } },
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
      control: 'full-set',
      metric: passAt1,
      alternative: 'noninferior',
      margin: { value: 0.05, unit: 'fraction' },
      reported: 'noninferior',
    },
    {
      claim: 'Sixteen problems are as good as the full set.',
      treatment: 'sixteen-shot',
      control: 'full-set',
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
