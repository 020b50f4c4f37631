import { z } from 'zod';
import { budgetSchema } from './budget.ts';
import { temperatureSchema } from './temperature.ts';

export const optimizerSchema = z.strictObject({
  learningRate: z.number().positive().default(1e-4).describe('Peak AdamW learning rate.'),
  schedule: z.enum(['constant', 'linear', 'cosine']).default('constant').describe('Decay after the warm-up.'),
  warmupSteps: z.number().int().min(0).default(0).describe('Optimizer steps of linear warm-up.'),
  finalFraction: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Final learning rate as a share of the peak (decaying schedules).'),
  beta1: z.number().min(0).lt(1).default(0.9).describe('AdamW first-moment decay.'),
  beta2: z.number().min(0).lt(1).default(0.95).describe('AdamW second-moment decay.'),
  epsilon: z.number().positive().default(1e-8).describe('AdamW epsilon.'),
  weightDecay: z.number().min(0).default(0).describe('Decoupled weight decay.'),
  maxGradientNorm: z.number().positive().default(1).describe('Global gradient norm is clipped to this.'),
});
export type OptimizerPlan = z.infer<typeof optimizerSchema>;

export const trainingSchema = z.strictObject({
  steps: z.number().int().min(0).default(60).describe('RL steps; each samples one batch of rollouts.'),
  budget: budgetSchema
    .optional()
    .describe(
      'Ends a run at the first step boundary at or beyond an amount; `steps` is then the most. Absent: all steps are taken.',
    ),
  promptsPerStep: z.number().int().min(1).default(32).describe('Distinct prompts per step.'),
  groupSize: z.number().int().min(1).default(8).describe('Rollouts per prompt.'),
  maxNewTokens: z
    .number()
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "Longest completion in tokens, end token included; null: the task's longest correct answer plus 4.",
    ),
  temperature: z.number().positive().default(1).describe('Sampling temperature of the behavior policy.'),
  updatesPerBatch: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('Optimizer steps per rollout batch, each on its own share.'),
  epochs: z.number().int().min(1).default(1).describe('Passes over the same rollouts.'),
  microBatch: z
    .number()
    .int()
    .min(1)
    .default(32)
    .describe(
      'Rollouts per forward and backward pass; changes speed only, except for bnpo, which divides per micro-batch.',
    ),
  checkpointEvery: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Keep every so many steps’ checkpoint; 0: only the last one.'),
  pool: z
    .number()
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Train on this many fixed train problems in turn; null: fresh problems in every step.'),
  poolSamples: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe(
      'Samples of the base model per pool problem before training (votes of majority rewards of the base).',
    ),
  optimizer: optimizerSchema.prefault({}).describe('AdamW and its schedule.'),
});
export type TrainingPlan = z.infer<typeof trainingSchema>;

/** Spare tokens beyond the longest correct completion, so that a wrong one may end by itself. */
const SPARE_TOKENS = 4;

/**
 * The most tokens that a text of so many characters (UTF-16 units) has: one each, as in the vocabularies of bases made by a
 * recipe, which hold every character of their tasks. The one place where a length in characters becomes one in tokens; where
 * the text itself and a tokenizer are at hand, encode it instead.
 */
export function toMostTokens(characters: number): number {
  return characters;
}

/** Longest completion in tokens, end token included, for a task whose longest correct one has so many characters. */
export function toMaxNewTokens(training: TrainingPlan, longestAnswerCharacters: number): number {
  return training.maxNewTokens ?? toMostTokens(longestAnswerCharacters) + 1 + SPARE_TOKENS;
}

export const splitSchema = z.enum(['train', 'dev', 'clean', 'contaminated', 'knowledge', 'harder']);
export type SplitName = z.infer<typeof splitSchema>;

/** The splits that final evaluations read. */
export const evaluationSplitSchema = splitSchema.exclude(['train']);

export const evaluationSchema = z.strictObject({
  splits: z
    .partialRecord(evaluationSplitSchema, z.number().int().min(1))
    .default({ clean: 96, contaminated: 32 })
    .describe('Problems per evaluation split, the same ones for every run of the experiment.'),
  samplesPerProblem: z.number().int().min(1).default(64).describe('n of the unbiased pass@k estimator.'),
  temperature: temperatureSchema
    .default(1)
    .describe(
      'Sampling temperature of evaluations; 0: greedy, drawn once and counted n times. Where the final evaluation’s is chosen on dev, ' +
        'those on the way have that of training.',
    ),
  every: z.number().int().min(0).default(20).describe('Evaluate on dev after every so many steps; 0: never.'),
  devProblems: z
    .number()
    .int()
    .min(1)
    .default(48)
    .describe('Problems of the evaluations on dev during training.'),
  probes: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .default({})
    .describe('Probes of the final policy, name → options (docs/probes.md).'),
  devSamples: z.number().int().min(1).default(4).describe('Samples per problem on dev during training.'),
});
