import { defineExperiment } from '../../spec/experiment.ts';

/** Model compute as heavy as a real run's: the default policy and batch, for a few steps, after almost no pretraining. */
export const experiment = defineExperiment({
  name: 'load',
  question: 'Does the event loop stay responsive while a worker trains?',
  task: { family: 'arithmetic', operations: 2, startDigits: 2, modulus: 100 },
  base: { steps: 4, documentsPerStep: 32, facts: 10 },
  conditions: { grpo: {} },
  baseline: 'grpo',
  controls: [],
  training: { steps: 3 },
  evaluation: { splits: { clean: 8 }, samplesPerProblem: 8 },
  seeds: 1,
});
