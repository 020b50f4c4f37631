import type { Settings } from '../config/merge.ts';

/** How large a claim is run. */
export interface ScaleSettings {
  /** Base models per recipe. */
  readonly bases: number;
  /** Numbers of bases at which hypotheses are decided, ascending to `bases`; absent: only there (docs/claims.md). */
  readonly looks?: readonly number[];
  /** RL seeds per base model. */
  readonly seeds: number;
  /** Overrides of every base recipe. */
  readonly base: Settings;
  /** Overrides of the training plan. */
  readonly training: Settings;
  /** Overrides of the evaluation plan. */
  readonly evaluation: Settings;
  /** Overrides of a claim's conditions, by name. */
  readonly conditions?: Settings;
  /** Overrides of a claim's axes, by axis and label. */
  readonly axes?: Settings;
}

/**
 * - tiny: seconds per claim; shows that every part works, says nothing about the claim
 * - small: minutes on two cores; what docs/results holds
 * - full: hours; more base models, seeds, steps, problems and samples
 */
export const scales = {
  tiny: {
    bases: 2,
    seeds: 1,
    base: {
      architecture: { hiddenSize: 16, layers: 2, heads: 2, keyValueHeads: 1, feedForwardSize: 32 },
      steps: 20,
      documentsPerStep: 16,
    },
    training: { steps: 2, promptsPerStep: 4, groupSize: 4, updatesPerBatch: 2 },
    evaluation: { samplesPerProblem: 8, every: 2, devProblems: 4, devSamples: 2 },
  },
  small: {
    bases: 5,
    seeds: 1,
    base: {},
    training: { steps: 20, promptsPerStep: 16, groupSize: 8, updatesPerBatch: 4 },
    evaluation: { samplesPerProblem: 64, every: 10, devProblems: 32, devSamples: 4 },
  },
  full: {
    bases: 5,
    seeds: 5,
    base: {},
    training: { steps: 120, promptsPerStep: 64, groupSize: 16, updatesPerBatch: 4 },
    evaluation: { samplesPerProblem: 256, every: 20, devProblems: 96, devSamples: 8 },
  },
} as const satisfies Record<string, ScaleSettings>;

export type ScaleName = keyof typeof scales;
export const scaleNames = Object.keys(scales) as ScaleName[];
