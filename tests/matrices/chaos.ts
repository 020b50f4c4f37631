import { defineExperiment } from '../../config/experiment.ts';

const architecture = { hiddenSize: 32, layers: 2, heads: 2, keyValueHeads: 2, feedForwardSize: 64 };
const corpus = {
  documentsPerStep: 32,
  sources: [{ name: 'facts', share: 0.1, options: { count: 10 } }, { name: 'solutions' }],
  stages: [{ name: 'leak', steps: 20, sources: [{ name: 'planted', share: 0.3, options: { problems: 8 } }] }],
};

/**
 * Every activity there is, in runs long enough to be disturbed often: a policy alone, one whose steps
 * sample several rounds, one with a critic and a reference
 * copied from an earlier checkpoint, and chains of runs that wait for each other.
 */
export const experiment = defineExperiment({
  name: 'chaos',
  question: 'Does a matrix end the same however often it is disturbed?',
  task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
  base: { architecture, ...corpus, steps: 120 },
  controls: ['base', 'random-reward'],
  conditions: {
    grpo: {},
    ppo: {
      scheme: {
        name: 'ppo',
        credit: [{ name: 'gae', options: { klInReward: 0.01 } }, 'whiten'],
        reference: { syncEvery: 2 },
      },
    },
    // Several rounds of sampling in a step, since groups that agree are dropped.
    dapo: { scheme: 'dapo' },
    // A run that reads another run's history, and one that waits for it.
    ranked: { collect: 'ranked-problems', data: { from: 'rollouts', run: 'grpo' } },
    'one-shot': { data: { from: 'dataset', run: 'ranked', take: 1 } },
    // Sampling by one model, fitting another to it, RL from there on.
    'teacher-rollouts': { base: { architecture, ...corpus, steps: 160 }, collect: 'rollouts' },
    distilled: { scheme: 'distillation', data: { from: 'dataset', run: 'teacher-rollouts' } },
    'distilled-grpo': { models: { policy: { from: 'run', run: 'distilled' } } },
  },
  training: {
    steps: 12,
    promptsPerStep: 8,
    groupSize: 4,
    pool: 16,
    poolSamples: 4,
    optimizer: { learningRate: 1e-3 },
  },
  evaluation: {
    splits: { clean: 8, contaminated: 8, knowledge: 10 },
    samplesPerProblem: 8,
    every: 4,
    devProblems: 8,
    devSamples: 4,
    probes: { 'layer-change': {}, 'partial-prompt': { keptPercents: [60] } },
  },
  seeds: 1,
});
