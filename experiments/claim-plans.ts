/** What several claims declare alike, so that an arm of one is a run of the other. */

/** Untrained arms, a reward that says nothing, the truth. `format-only` is left out where every answer is readable: it rewards nothing. */
export const readableControls = [
  'base',
  'base-best-temperature',
  'base-greedy',
  'random-reward',
  'ground-truth',
] as const;

/**
 * One format, so a gain is of skill; the mode is right and samples are not, so a gain can be seen at the dose of scale small.
 * Perplexity is compared here alone: tokens of a long format are likelier ones, whoever writes it.
 */
export const sharp = { base: 'sharp', evaluation: { probes: { 'base-perplexity': {} } } } as const;

/** An accurate scratchpad and a sloppy direct format: how right each is is asked by itself, since RL moves their shares. */
export const mixed = { base: 'boundary', evaluation: { probes: { 'given-format': {} } } } as const;

/** The smallest difference between two ways to train that a user would change one for the other for; papers report .03 to .15. */
export const worthwhile = { value: 0.03, unit: 'fraction' } as const;

/**
 * The smallest gain over an untrained model, at any temperature, that is worth training for: half of what RL reached at this dose (.10 on
 * sharp, .15 on mixed). Gains differ much between problems, so 96 of them do not tell .03.
 */
export const worthTraining = { value: 0.06, unit: 'fraction' } as const;

/** What arXiv 2504.13837 reports base models to be ahead by at large k (.05 on its larger benchmarks). */
export const crossing = { value: 0.05, unit: 'fraction' } as const;

/** Accuracy where the scratchpad is forced, so that its share plays no part. */
export const givenScratchpad = {
  name: 'probe',
  probe: 'given-format',
  metric: 'given_scratchpad',
  split: 'clean',
} as const;

export const passAt = (k: number) => ({ name: 'pass@k', split: 'clean', k }) as const;

/** That RL on the true verdict lifts pass@1 in a cell by more than `least`: without it no null result of that cell means anything. */
export const truthLifts = (cell: string, least: number) =>
  ({
    kind: 'positive-control',
    says: `RL on the true verdict lifts pass@1 on ${cell}.`,
    treatment: `ground-truth/${cell}`,
    control: `base/${cell}`,
    metric: passAt(1),
    alternative: 'greater',
    bound: { value: least, unit: 'fraction' },
  }) as const;

/** That the verifier's RL leaves the one format of a cell alone, so that its gains are of skill. */
export const keepsFormat = (cell: string) =>
  ({
    kind: 'manipulation',
    says: `On ${cell} RL keeps to the scratchpad.`,
    treatment: `ground-truth/${cell}`,
    metric: { name: 'format-share', split: 'clean', format: 'scratchpad' },
    alternative: 'greater',
    // The gate of the recipe: what is left of the share can move pass@1 by less than an effect of interest.
    bound: { value: 0.95, unit: 'fraction' },
  }) as const;
