import { trend } from '../../config/contrast.ts';
import type { CheckInput } from '../../config/check.ts';
import { defineClaim } from '../claim.ts';

const scratchpadShare = { name: 'format-share', split: 'clean', format: 'scratchpad' } as const;
const shares = [0.3, 0.5, 0.7] as const;
const labels = ['30', '50', '70'] as const;

/** Half the sd of .10 that RL seeds differed by in trials: 25 of them show a drift of this size, a single one shows nothing. */
const drift = { value: 0.05, unit: 'fraction' } as const;
/** Per unit of the share: the drift at both ends, .05 up at .7 and .05 down at .3. */
const driftSlope = { value: 0.25, unit: 'fraction' } as const;

const slopeOf = (arm: string) => trend([`${arm}/30`, `${arm}/50`, `${arm}/70`], shares);

/** How much steeper the first arm's share rises along the axis than the second's: the slope of their difference. */
function slopeBetween(arm: string, against: string) {
  const negated = Object.entries(slopeOf(against)).map(([name, weight]) => [name, -weight] as const);
  return { ...slopeOf(arm), ...Object.fromEntries(negated) };
}

function formatsOf(share: number) {
  const formats = { scratchpad: share, 'padded-direct': Math.round((1 - share) * 10) / 10 };
  const sources = [
    { name: 'facts', share: 0.1 },
    { name: 'solutions', options: { formats } },
  ];
  return { base: { recipe: 'latent-strategy-equal-length', sources } };
}

function clipsAt(label: string): CheckInput {
  return {
    kind: 'manipulation',
    says: `The clip takes away the gradient of at least a twentieth of the tokens (share ${label} %).`,
    treatment: `random-reward/${label}`,
    metric: { name: 'step', metric: 'update/clip_fraction', over: 'mean' },
    alternative: 'greater',
    bound: { value: 0.05, unit: 'fraction' }, // a bias that acts on fewer cannot be what moves the share
  };
}

/**
 * What a random reward does to a choice between two formats of the same length, by how often the base makes it. The clip's bias is towards
 * what is already likely, so the accurate format (Qwen's code: 65 %) must gain above a half, lose below it, and do neither without a clip.
 * One run says little: its share drifts with an sd of about .10. Hence 25 RL seeds, five on each of five base models, and few samples each.
 *
 * Scale small: 225 trained runs of 20 steps, 75 evaluations of 512 samples, 15 base models; about 80 core-minutes.
 */
export const claim = defineClaim({
  name: 'spurious-random-reward',
  question:
    'Does a random reward make the more likely of two strategies more likely still, and by the clip alone?',
  source: 'arXiv 2506.10947; clip bounds: arXiv 2509.26114, 2512.16912',
  task: { family: 'arithmetic' },
  evaluation: { splits: { clean: 32 } },
  controls: ['base', 'random-reward', 'ground-truth'],
  axes: { share: Object.fromEntries(labels.map((label, i) => [label, formatsOf(shares[i]!)])) },
  scales: {
    small: {
      bases: 5,
      seeds: 5,
      // Sixteen updates per batch: by the last of them the policy is far enough from the behaviour for the clip to act.
      training: { steps: 20, promptsPerStep: 16, groupSize: 8, updatesPerBatch: 16 },
      // 512 samples put a share to ± .02, a fifth of what RL seeds differ by.
      evaluation: { samplesPerProblem: 16, every: 0, devProblems: 32, devSamples: 4 },
    },
  },
  conditions: {
    'random-unclipped': { scheme: { name: 'random-reward', objective: ['unclipped'] } },
  },
  checks: {
    'clip-acts-30': clipsAt('30'),
    'clip-acts-70': clipsAt('70'),
    'truth-moves-share': {
      kind: 'positive-control',
      says: 'The verifier makes the accurate format more frequent: the share can be moved in so many steps.',
      treatment: 'ground-truth/30',
      control: 'base/30',
      metric: scratchpadShare,
      alternative: 'greater',
      bound: { value: 0.1, unit: 'fraction' }, // twice the drift that is looked for
    },
    'minority-at-30': {
      kind: 'manipulation',
      says: 'At share 30 % the accurate format is the less likely one.',
      treatment: 'base/30',
      metric: scratchpadShare,
      alternative: 'less',
      bound: { value: 0.45, unit: 'fraction' },
    },
    'majority-at-70': {
      kind: 'manipulation',
      says: 'At share 70 % it is the more likely one.',
      treatment: 'base/70',
      metric: scratchpadShare,
      alternative: 'greater',
      bound: { value: 0.55, unit: 'fraction' },
    },
  },
  hypotheses: [
    {
      claim: 'A random reward makes the accurate format more frequent where it is the more likely one.',
      treatment: 'random-reward/70',
      control: 'base/70',
      metric: scratchpadShare,
      alternative: 'greater',
      interest: drift,
      requires: ['truth-moves-share', 'majority-at-70', 'clip-acts-70'],
      reported: 'greater',
    },
    {
      claim: 'A random reward makes it less frequent where it is the less likely one.',
      treatment: 'random-reward/30',
      control: 'base/30',
      metric: scratchpadShare,
      alternative: 'less',
      interest: drift,
      requires: ['truth-moves-share', 'minority-at-30', 'clip-acts-30'],
      reported: 'not-reported',
    },
    {
      claim: 'What a random reward does to the share rises with the share.',
      contrast: slopeBetween('random-reward', 'base'),
      metric: scratchpadShare,
      alternative: 'greater',
      interest: driftSlope,
      requires: ['truth-moves-share', 'minority-at-30', 'majority-at-70', 'clip-acts-30', 'clip-acts-70'],
      reported: 'greater',
    },
    {
      claim: 'It rises less without the clip.',
      contrast: slopeBetween('random-reward', 'random-unclipped'),
      metric: scratchpadShare,
      alternative: 'greater',
      interest: driftSlope,
      requires: ['truth-moves-share', 'clip-acts-30', 'clip-acts-70'],
      reported: 'greater',
    },
    {
      claim: 'Without the clip a random reward does the same to every share.',
      contrast: slopeBetween('random-unclipped', 'base'),
      metric: scratchpadShare,
      alternative: 'equivalent',
      margin: driftSlope,
      requires: ['truth-moves-share', 'minority-at-30', 'majority-at-70'],
      reported: 'equivalent',
    },
    {
      claim: 'A random reward lifts pass@1 where the accurate format is the more likely one.',
      treatment: 'random-reward/70',
      control: 'base/70',
      metric: { name: 'pass@k', split: 'clean', k: 1 },
      alternative: 'greater',
      interest: drift,
      requires: ['truth-moves-share', 'majority-at-70', 'clip-acts-70'],
      reported: 'greater',
    },
  ],
});
