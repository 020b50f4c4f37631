import { defineClaim } from '../claim.ts';

const passAt1 = { name: 'pass@k', split: 'clean', k: 1 } as const;
const scratchpadShare = { name: 'format-share', split: 'clean', format: 'scratchpad' } as const;
const pooled = { pool: 64, poolSamples: 64 };

/** The same arms on a base with an accurate format that it uses in part, and on one that never saw it. */
export const claim = defineClaim({
  name: 'spurious-rewards',
  question:
    'Do rewards that say nothing about correctness lift accuracy, and only where a strategy lies latent?',
  source: 'arXiv 2506.10947; clip bounds: arXiv 2509.26114',
  task: { family: 'arithmetic' },
  evaluation: { splits: { clean: 64 } },
  axes: { substrate: { latent: { base: 'latent-strategy' }, none: { base: 'no-latent-strategy' } } },
  conditions: {
    majority: { scheme: 'majority-reward', training: pooled },
    incorrect: { scheme: 'incorrect-reward', training: pooled },
    'random-unclipped': { scheme: { name: 'random-reward', objective: ['unclipped'] } },
    'random-single-update': { scheme: 'random-reward', training: { updatesPerBatch: 1 } },
  },
  hypotheses: [
    ...(['random-reward', 'format-only', 'majority', 'incorrect'] as const).map((arm) => ({
      claim: `Reward "${arm}" lifts pass@1 where a strategy lies latent.`,
      treatment: `${arm}/latent`,
      control: 'base/latent',
      metric: passAt1,
      alternative: 'greater' as const,
      reported: 'greater' as const,
    })),
    ...(['random-reward', 'incorrect'] as const).map((arm) => ({
      claim: `Reward "${arm}" changes nothing where no strategy lies latent.`,
      treatment: `${arm}/none`,
      control: 'base/none',
      metric: passAt1,
      alternative: 'equivalent' as const,
      margin: { value: 0.05, unit: 'fraction' as const },
      reported: 'equivalent' as const,
    })),
    {
      claim: 'A random reward makes the latent strategy more frequent.',
      treatment: 'random-reward/latent',
      control: 'base/latent',
      metric: scratchpadShare,
      alternative: 'greater',
      reported: 'greater',
    },
    {
      claim: 'Without clipping a random reward lifts less.',
      treatment: 'random-unclipped/latent',
      control: 'random-reward/latent',
      metric: passAt1,
      alternative: 'less',
      reported: 'less',
    },
    {
      claim: 'With a single update per batch a random reward changes nothing.',
      treatment: 'random-single-update/latent',
      control: 'base/latent',
      metric: passAt1,
      alternative: 'equivalent',
      margin: { value: 0.05, unit: 'fraction' },
      reported: 'equivalent',
    },
  ],
});
