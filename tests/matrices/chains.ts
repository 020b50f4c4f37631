import { defineExperiment } from '../../config/experiment.ts';

const base = {
  architecture: { hiddenSize: 32, layers: 2, heads: 2, keyValueHeads: 2, feedForwardSize: 64 },
  steps: 120,
  documentsPerStep: 32,
  sources: [{ name: 'facts', share: 0.1, options: { count: 10 } }, { name: 'solutions' }],
  stages: [{ name: 'leak', steps: 20, sources: [{ name: 'planted', share: 0.3, options: { problems: 8 } }] }],
};

/** Each kind of run, waiting for each other: a dataset of rollouts and one of problems, fits to the first, teachers, RL from a fit. */
export const experiment = defineExperiment({
  name: 'chains',
  question: 'Does a chain of runs end the same wherever it is cut?',
  task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
  base,
  controls: ['base'],
  conditions: {
    'teacher-rollouts': { base: { ...base, steps: 160 }, collect: 'rollouts' },
    distilled: { scheme: 'distillation', data: { from: 'dataset', run: 'teacher-rollouts' } },
    // Models that score rollouts of another policy: a reference for the KL term.
    anchored: {
      scheme: {
        name: 'distillation',
        objective: ['reinforce', { name: 'kl', weight: 0.1 }],
      },
      data: { from: 'dataset', run: 'teacher-rollouts', take: 48 },
    },
    // The policy samples, and another run's policy, or a base model of another recipe, says what it finds likely.
    'taught-on-policy': {
      scheme: 'on-policy-distillation',
      models: { teacher: { from: 'run', run: 'distilled' } },
    },
    'other-base': {
      base: { ...base, architecture: { ...base.architecture, hiddenSize: 48 } },
      scheme: 'base',
    },
    'taught-by-distributions': {
      scheme: 'gkd',
      models: { teacher: { from: 'run', run: 'distilled' } },
    },
    'taught-by-base': {
      scheme: 'on-policy-distillation',
      models: { teacher: { from: 'run', run: 'other-base' } },
    },
    'distilled-grpo': { models: { policy: { from: 'run', run: 'distilled' } } },
    ranked: { collect: 'ranked-problems', data: { from: 'rollouts', run: 'distilled-grpo' } },
    'one-shot': { data: { from: 'dataset', run: 'ranked', take: 1 } },
  },
  training: { steps: 5, promptsPerStep: 8, groupSize: 4, pool: 16, optimizer: { learningRate: 1e-3 } },
  evaluation: {
    splits: { clean: 8, contaminated: 8, knowledge: 10 },
    samplesPerProblem: 8,
    every: 2,
    devProblems: 8,
    devSamples: 4,
    probes: { 'layer-change': {} },
  },
  seeds: 1,
});
