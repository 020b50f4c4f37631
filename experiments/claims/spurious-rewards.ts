import { interaction } from '../../config/contrast.ts';
import type { CheckInput } from '../../config/check.ts';
import type { HypothesisInput } from '../../config/hypothesis.ts';
import { givenScratchpad, passAt } from '../claim-plans.ts';
import { defineClaim } from '../claim.ts';

/** A quarter of the paper's own gain of 21 points under a random reward; less is of no use to anybody. */
const ofInterest = { value: 0.05, unit: 'fraction' } as const;
/** Where the paper's gain is 24 to 27 points: less than half of it would not be its finding. */
const largeGain = { value: 0.15, unit: 'fraction' } as const;
const cells = ['latent', 'one-format'] as const;
type Cell = (typeof cells)[number];

/** Without them a null result says nothing about the reward, and the sign of elicitation is not what the estimand takes it to be. */
function checksOf(cell: Cell): Record<string, CheckInput> {
  return {
    [`truth-lifts-${cell}`]: {
      kind: 'positive-control',
      says: `The verifier lifts pass@1 (${cell}).`,
      treatment: `ground-truth/${cell}`,
      control: `base/${cell}`,
      metric: passAt(1),
      alternative: 'greater',
      bound: { value: 0.1, unit: 'fraction' }, // twice what is of interest, so that an arm half as good still shows
    },
    [`majority-right-${cell}`]: {
      kind: 'manipulation',
      says: `The answer the base gives most often is right more often than not (${cell}): above the crossover of arXiv 2606.05932.`,
      treatment: `base/${cell}`,
      metric: { name: 'maj@k', split: 'clean', k: 64 },
      alternative: 'greater',
      bound: { value: 0.5, unit: 'fraction' },
    },
    [`random-trains-${cell}`]: {
      kind: 'manipulation',
      says: `Nearly all updates under the random reward move the weights (${cell}).`,
      treatment: `random-reward/${cell}`,
      metric: { name: 'step', metric: 'update/skipped', over: 'mean' },
      alternative: 'less',
      bound: { value: 0.1, unit: 'fraction' }, // of 8 fair coins all are alike in one group of 128
    },
  };
}

/** Elicitation and design of arXiv 2606.05932; the null is asked for in each cell by itself, where the paper predicts another sign. */
function termsOf(cell: Cell): HypothesisInput[] {
  const isLatent = cell === 'latent';
  const requires = [`truth-lifts-${cell}`, `majority-right-${cell}`, `random-trains-${cell}`];
  return [
    {
      claim: `Elicitation (${cell}): rewarding the base's majority answer lifts pass@1 above a random reward.`,
      treatment: `majority/${cell}`,
      control: `random-reward/${cell}`,
      metric: passAt(1),
      alternative: 'greater',
      interest: largeGain,
      requires,
      reported: isLatent ? 'greater' : 'not-reported',
    },
    {
      claim: `Design (${cell}): the true answer adds at most a quarter of its own lift to what the majority answer gives.`,
      treatment: `ground-truth/${cell}`,
      control: `majority/${cell}`,
      metric: passAt(1),
      alternative: 'equivalent',
      // The paper's share is 1.8 of 28.8 points, a sixteenth; from a quarter on the reward could not be called spurious.
      margin: { share: 0.25, of: { treatment: `ground-truth/${cell}`, control: `base/${cell}` } },
      requires,
      reported: isLatent ? 'equivalent' : 'not-reported',
    },
  ];
}

/**
 * truth − base = null (random − base) + elicitation (majority − random) + design (truth − majority): the telescoping sum of arXiv
 * 2606.05932, whose point is that truth − random holds two of the terms. All arms train on one pool, and for so long that the truth lifts
 * the base of one format as well. What a random reward does needs more RL seeds: claim `spurious-random-reward`.
 *
 * Scale small: six bases each, 48 trained runs of 60 steps, 36 evaluations; about 90 core-minutes, 23 of them for the bases.
 */
export const claim = defineClaim({
  name: 'spurious-rewards',
  question:
    'Of what the true reward gains, how much does a reward give that says nothing, how much the majority answer, and only where a strategy lies latent?',
  source: 'arXiv 2506.10947; the three terms: arXiv 2606.05932',
  task: { family: 'arithmetic' },
  training: { pool: 128 },
  evaluation: { splits: { clean: 64 } },
  // A format of which .6 % is malformed has nothing to mend, so a reward for the format is no control here (claim `one-shot` has one).
  controls: ['base', 'base-best-temperature', 'base-greedy', 'random-reward', 'ground-truth'],
  axes: {
    substrate: {
      latent: { base: 'latent-strategy', evaluation: { probes: { 'given-format': {} } } },
      'one-format': { base: 'sharp' },
    },
  },
  // 20 steps lift a base with a format to elicit, and hardly one without.
  scales: {
    small: { bases: 6, training: { steps: 60, promptsPerStep: 16, groupSize: 8, updatesPerBatch: 4 } },
  },
  conditions: {
    majority: { scheme: 'majority-reward', training: { poolSamples: 64 } },
    incorrect: { scheme: 'incorrect-reward', training: { poolSamples: 64 } },
  },
  checks: {
    ...checksOf('latent'),
    ...checksOf('one-format'),
    'one-format-stays': {
      kind: 'manipulation',
      says: 'The base without a strategy to elicit writes one format.',
      treatment: 'base/one-format',
      metric: { name: 'format-share', split: 'clean', format: 'scratchpad' },
      alternative: 'greater',
      bound: { value: 0.95, unit: 'fraction' },
    },
    'incorrect-trains': {
      kind: 'manipulation',
      says: 'Enough majorities are wrong where a strategy lies latent: most updates move the weights.',
      treatment: 'incorrect/latent',
      metric: { name: 'step', metric: 'update/skipped', over: 'mean' },
      alternative: 'less',
      bound: { value: 0.5, unit: 'fraction' },
    },
  },
  hypotheses: [
    {
      claim: 'Null (latent): a random reward lifts pass@1.',
      treatment: 'random-reward/latent',
      control: 'base/latent',
      metric: passAt(1),
      alternative: 'greater',
      interest: ofInterest,
      requires: ['truth-lifts-latent', 'random-trains-latent'],
      reported: 'greater',
    },
    {
      // Flat or negative on OLMo and Llama, so it is asked from the base's side: what it loses against the random arm.
      claim: 'Null (one-format): the base is as good as after a random reward.',
      treatment: 'base/one-format',
      control: 'random-reward/one-format',
      metric: passAt(1),
      alternative: 'noninferior',
      margin: ofInterest,
      requires: ['truth-lifts-one-format', 'random-trains-one-format', 'one-format-stays'],
      reported: 'noninferior',
    },
    {
      claim: 'A random reward lifts more where a strategy lies latent than where there is one format.',
      contrast: interaction(
        'random-reward/latent',
        'base/latent',
        'random-reward/one-format',
        'base/one-format',
      ),
      metric: passAt(1),
      alternative: 'greater',
      interest: ofInterest,
      requires: ['truth-lifts-latent', 'truth-lifts-one-format', 'one-format-stays'],
      reported: 'greater',
    },
    ...cells.flatMap(termsOf),
    {
      claim: 'A wrong majority answer lifts pass@1 where a strategy lies latent.',
      treatment: 'incorrect/latent',
      control: 'base/latent',
      metric: passAt(1),
      alternative: 'greater',
      interest: largeGain,
      requires: ['truth-lifts-latent', 'incorrect-trains'],
      reported: 'greater',
    },
    {
      claim:
        'What the majority answer gives there is a choice of format: given the scratchpad, accuracy stays.',
      treatment: 'majority/latent',
      control: 'base/latent',
      metric: givenScratchpad,
      alternative: 'equivalent',
      margin: ofInterest, // an eighth of the gain of .37 that is to be explained
      requires: ['truth-lifts-latent', 'majority-right-latent'],
      reported: 'not-reported',
    },
  ],
});
