import { defineExperiment } from '../../config/experiment.ts';

/** Two runs at once, so that two hosts have work, with updates long enough to be cut in their middle. */
export const experiment = defineExperiment({
  name: 'two-runs',
  question: 'Does it matter where a run is computed?',
  task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
  base: {
    architecture: { hiddenSize: 32, layers: 2, heads: 2, keyValueHeads: 2, feedForwardSize: 64 },
    steps: 40,
    documentsPerStep: 32,
    sources: [{ name: 'facts', share: 0.1, options: { count: 10 } }, { name: 'solutions' }],
    stages: [
      { name: 'leak', steps: 20, sources: [{ name: 'planted', share: 0.3, options: { problems: 8 } }] },
    ],
  },
  controls: ['base'],
  conditions: { grpo: {}, dapo: { scheme: 'dapo' } },
  training: { steps: 4, promptsPerStep: 32, groupSize: 8, optimizer: { learningRate: 1e-3 } },
  evaluation: { splits: { clean: 8 }, samplesPerProblem: 8, every: 0 },
  seeds: 1,
});
