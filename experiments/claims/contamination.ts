import { interaction } from '../../config/contrast.ts';
import { defineClaim } from '../claim.ts';

const onClean = { name: 'pass@k', split: 'clean', k: 1 } as const;
const onLeaked = { name: 'pass@k', split: 'contaminated', k: 1 } as const;
/** A quarter of the paper's 21 points under a random reward: less could not be what the paper explains by memory. */
const ofInterest = { value: 0.05, unit: 'fraction' } as const;

/** How much more an arm changes the leaked base than its twin: what it does through the leak. */
const throughLeak = (arm: string, pair: 'rare-' | '') =>
  interaction(`${arm}/${pair}leak`, `base/${pair}leak`, `${arm}/${pair}twin`, `base/${pair}twin`);

/**
 * Two leaks, each with a twin that read fresh problems in the place of the planted ones. `leak`: the answers are known in the frequent
 * format, so memory shows already. `rare-leak`: they are known in a rare format alone, so there is memory to elicit. What a reward does
 * through the leak is a difference in differences on the 32 planted problems; what the leak itself did is a check.
 *
 * Scale small: 60 trained runs, 60 evaluations, 20 base models (85 to 125 core-seconds each); about 60 core-minutes, of which
 * 20 are `leak` and `twin`. A dose axis of exposures would add a base model per dose and seed, and is left to scale full.
 */
export const claim = defineClaim({
  name: 'contamination',
  question:
    'Do gains under uninformative rewards come from problems that the base has memorised, and does the true reward keep that memory?',
  source: 'arXiv 2507.10532',
  task: { family: 'arithmetic' },
  evaluation: {
    splits: { clean: 64, contaminated: 32 },
    probes: { 'partial-prompt': { splits: ['contaminated', 'clean'] } },
  },
  // Nothing is malformed here, so a reward for the format is no control.
  controls: ['base', 'base-best-temperature', 'base-greedy', 'random-reward', 'ground-truth'],
  axes: {
    corpus: {
      leak: { base: 'contaminated' },
      twin: { base: 'decontaminated' },
      'rare-leak': { base: 'contaminated-minority' },
      'rare-twin': { base: 'decontaminated-minority' },
    },
  },
  scales: { tiny: { evaluation: { splits: { clean: 6, contaminated: 4 } } } },
  conditions: {
    // Right or wrong, for writing something before the answer: the padding that the rare leak is remembered behind, or a scratchpad.
    marker: {
      scheme: { name: 'marker-reward', rewards: [{ name: 'marker', options: { text: ';' } }] },
    },
  },
  checks: {
    'probe-finds-leak': {
      kind: 'manipulation',
      says: 'The leaked base completes planted prompts that its twin does not.',
      treatment: 'base/leak',
      control: 'base/twin',
      metric: {
        name: 'probe',
        probe: 'partial-prompt',
        metric: 'exact_match_60',
        split: 'contaminated',
      },
      alternative: 'greater',
      bound: { value: 0.1, unit: 'fraction' }, // the paper tells leaked sets (20 to 55 %) from clean ones (0 to 4 %)
    },
    'leak-shows': {
      kind: 'manipulation',
      says: 'Before RL the leak lifts pass@1 on the planted problems.',
      treatment: 'base/leak',
      control: 'base/twin',
      metric: onLeaked,
      alternative: 'greater',
      bound: { value: 0.2, unit: 'fraction' }, // so much memory that a quarter of it is still of interest
    },
    'rare-leak-is-rare': {
      kind: 'manipulation',
      says: 'The format of the rare leak is the less likely one on the planted problems.',
      treatment: 'base/rare-leak',
      metric: { name: 'format-share', split: 'contaminated', format: 'padded-direct' },
      alternative: 'less',
      bound: { value: 0.5, unit: 'fraction' },
    },
    'rare-leak-elicited': {
      kind: 'positive-control',
      says: 'A reward for the format of the rare leak alone lifts the planted problems through the leak.',
      contrast: throughLeak('marker', 'rare-'),
      metric: onLeaked,
      alternative: 'greater',
      bound: { value: 0.1, unit: 'fraction' }, // twice what is of interest
    },
    'truth-lifts': {
      kind: 'positive-control',
      says: 'The verifier lifts pass@1 on unseen problems of the clean twin.',
      treatment: 'ground-truth/twin',
      control: 'base/twin',
      metric: onClean,
      alternative: 'greater',
      bound: { value: 0.1, unit: 'fraction' },
    },
  },
  hypotheses: [
    {
      claim: 'A random reward lifts planted problems through a leak that seldom shows.',
      contrast: throughLeak('random-reward', 'rare-'),
      metric: onLeaked,
      alternative: 'greater',
      interest: ofInterest,
      requires: ['rare-leak-is-rare', 'rare-leak-elicited'],
      reported: 'greater',
    },
    {
      claim: 'A random reward lifts planted problems through a leak that shows already.',
      contrast: throughLeak('random-reward', ''),
      metric: onLeaked,
      alternative: 'greater',
      interest: ofInterest,
      requires: ['probe-finds-leak', 'leak-shows'],
      reported: 'greater',
    },
    {
      // "Unstable or no gain", so it is asked from the base's side: the base is no worse than what the random reward made of it.
      claim: 'Without a leak the base is as good as after a random reward, on unseen problems.',
      treatment: 'base/twin',
      control: 'random-reward/twin',
      metric: onClean,
      alternative: 'noninferior',
      margin: ofInterest,
      requires: ['truth-lifts'],
      reported: 'noninferior',
    },
    {
      claim:
        'The true reward lifts the clean twin more than the leaked base on the planted problems: it closes the gap.',
      contrast: throughLeak('ground-truth', ''),
      metric: onLeaked,
      alternative: 'less',
      interest: { value: 0.1, unit: 'fraction' }, // a fifth of the gap of .5 that there is to close
      requires: ['leak-shows', 'truth-lifts'],
      reported: 'not-reported',
    },
    {
      claim:
        'After it at most a quarter of the gap is left: what was remembered is worked out, as any problem.',
      treatment: 'ground-truth/leak',
      control: 'ground-truth/twin',
      metric: onLeaked,
      alternative: 'equivalent',
      margin: { share: 0.25, of: { treatment: 'base/leak', control: 'base/twin' } },
      requires: ['leak-shows', 'truth-lifts'],
      reported: 'not-reported',
    },
  ],
});
