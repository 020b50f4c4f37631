import { defineExperiment } from '../../config/experiment.ts';

/**
 * Does reinforcement learning with a verifier lift accuracy on unseen problems, and does it do so because of the verifier?
 * The base model knows an accurate scratchpad format that it uses only part of the time, and has memorised 32 leaked
 * problems. Beside the untrained base stands the base at its best temperature, so that the report tells eliciting, sharpening and
 * teaching apart.
 */
export const experiment = defineExperiment({
  name: 'quickstart',
  question: 'Does RL with a verifier lift pass@1 on unseen problems, and does a random reward do the same?',
  task: { family: 'arithmetic', operations: 3 },
  base: {
    name: 'latent-strategy',
    steps: 900,
    stages: [
      { name: 'leak', steps: 120, sources: [{ name: 'planted', share: 0.3, options: { problems: 32 } }] },
    ],
  },
  controls: ['base', 'base-best-temperature', 'random-reward'],
  conditions: { grpo: {} },
  scheme: 'grpo',
  training: { steps: 40 },
  evaluation: { splits: { clean: 96, contaminated: 32 }, samplesPerProblem: 64 },
  seeds: 3,
});
