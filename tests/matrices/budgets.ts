import { defineExperiment } from '../../config/experiment.ts';

/** Runs that end by a budget of each unit, in a few seconds, long before their last step. */
export const experiment = defineExperiment({
  name: 'budgets',
  question: 'Does a run end where its budget is spent?',
  task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
  base: {
    architecture: { hiddenSize: 16, layers: 1, heads: 2, keyValueHeads: 2, feedForwardSize: 32 },
    steps: 40,
    documentsPerStep: 16,
    sources: [{ name: 'solutions' }],
    stages: [],
  },
  baseline: 'tokens',
  controls: [],
  conditions: {
    tokens: { training: { budget: { unit: 'sampled-tokens', at: 400 } } },
    flops: { training: { budget: { unit: 'flops', at: 12e6 } } },
    labels: { training: { budget: { unit: 'labels', at: 5 } } },
  },
  // Dev would be due after every step, the last one too.
  training: { steps: 9, promptsPerStep: 4, groupSize: 4 },
  evaluation: {
    splits: { clean: 4 },
    samplesPerProblem: 4,
    every: 1,
    devProblems: 4,
    devSamples: 2,
    probes: { 'partial-prompt': { splits: ['clean'], keptPercents: [60] } },
  },
  seeds: 1,
});
