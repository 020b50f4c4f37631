import { defineExperiment } from '../../config/experiment.ts';

/** Every activity and every stage in a few seconds: three trained conditions, one control, a tiny base model. */
export const experiment = defineExperiment({
  name: 'small',
  question: 'Does every stage run?',
  task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
  base: {
    architecture: { hiddenSize: 32, layers: 2, heads: 2, keyValueHeads: 2, feedForwardSize: 64 },
    steps: 120,
    documentsPerStep: 32,
    sources: [{ name: 'facts', share: 0.1, options: { count: 10 } }, { name: 'solutions' }],
    stages: [
      { name: 'leak', steps: 20, sources: [{ name: 'planted', share: 0.3, options: { problems: 8 } }] },
    ],
  },
  controls: ['base'],
  conditions: {
    grpo: {},
    // Weights of tokens that are decided when a step is shaped, and once more before each of its updates.
    dapo: {
      scheme: {
        name: 'dapo',
        credit: [
          'spread',
          { name: 'select', options: { share: 0.5, rest: 0.1 } },
          { name: 'clip-cov', options: { share: 0.1, low: 0 } },
        ],
      },
    },
    // What a run holds beside its policy: a critic, and a reference that is an earlier checkpoint.
    ppo: {
      scheme: {
        name: 'ppo',
        credit: [{ name: 'gae', options: { klInReward: 0.01 } }, 'whiten'],
        reference: { syncEvery: 2 },
      },
    },
  },
  training: { steps: 5, promptsPerStep: 8, groupSize: 4, optimizer: { learningRate: 1e-3 } },
  evaluation: {
    splits: { clean: 8, contaminated: 8, knowledge: 10 },
    samplesPerProblem: 8,
    every: 2,
    devProblems: 8,
    devSamples: 4,
    probes: { 'layer-change': {}, 'partial-prompt': { keptPercents: [60] } },
  },
  seeds: 1,
});
