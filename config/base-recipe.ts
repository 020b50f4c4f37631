import { z } from 'zod';
import { optimizerSchema } from './training.ts';

export const architectureSchema = z
  .strictObject({
    hiddenSize: z.number().int().min(8).default(96).describe('Width D.'),
    layers: z.number().int().min(1).default(3).describe('Transformer blocks L.'),
    heads: z.number().int().min(1).default(4).describe('Attention heads H.'),
    keyValueHeads: z.number().int().min(1).default(4).describe('Key/value heads (grouped-query attention).'),
    feedForwardSize: z.number().int().min(8).default(256).describe('Inner width of SwiGLU.'),
    ropeTheta: z.number().positive().default(1000).describe('Base of the rotary position frequencies.'),
    maxPositions: z.number().int().min(8).default(128).describe('Longest sequence in tokens.'),
    initializerRange: z
      .number()
      .positive()
      .default(0.1)
      .describe(
        'Standard deviation of the initial matrices; 0.02, usual for wide models, learns far slower at width 96.',
      ),
    isTied: z.boolean().default(true).describe('Output layer shares the token embedding.'),
  })
  .refine((a) => a.hiddenSize % a.heads === 0 && a.heads % a.keyValueHeads === 0, {
    message: 'hiddenSize must be a multiple of heads, and heads a multiple of keyValueHeads',
  });
export type Architecture = z.infer<typeof architectureSchema>;

export const leakSchema = z.strictObject({
  problems: z
    .number()
    .int()
    .min(1)
    .default(32)
    .describe('How many problems of the contaminated split are planted.'),
  isPlanted: z
    .boolean()
    .default(true)
    .describe('False: a control stage, with fresh problems in the place of the planted ones.'),
  steps: z
    .number()
    .int()
    .min(1)
    .default(160)
    .describe('Optimizer steps of the leak stage after pretraining.'),
  share: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.3)
    .describe('Share of the stage’s documents that are planted problems.'),
  format: z.string().default('direct').describe('Format of the planted answers.'),
  learningRate: z.number().positive().default(1e-3).describe('Initial learning rate, linear to 0.'),
});

/** How a base model with a known past is made: corpus, architecture, schedule. Its hash names the model. */
export const baseRecipeSchema = z.strictObject({
  name: z.string().default('latent-strategy').describe('What reports call it.'),
  seed: z.number().int().default(0).describe('Seed of initialisation and corpus.'),
  architecture: architectureSchema.prefault({}).describe('Llama-family transformer of the policy.'),
  facts: z
    .number()
    .int()
    .min(0)
    .default(200)
    .describe('Key→value facts of the knowledge split in the corpus.'),
  factShare: z.number().min(0).lt(1).default(0.1).describe('Share of the corpus documents that are facts.'),
  formats: z
    .record(z.string(), z.number().min(0))
    .default({ scratchpad: 0.5, direct: 0.5 })
    .describe('Relative frequency of each completion format among the problem documents.'),
  steps: z.number().int().min(1).default(1500).describe('Pretraining optimizer steps.'),
  documentsPerStep: z.number().int().min(1).default(128).describe('Documents per optimizer step.'),
  optimizer: optimizerSchema
    .prefault({
      learningRate: 3e-3,
      schedule: 'cosine',
      warmupSteps: 100,
      finalFraction: 0.05,
      beta2: 0.98,
      weightDecay: 0.01,
    })
    .describe('AdamW and its schedule.'),
  leak: leakSchema.nullable().prefault({}).describe('The leak on purpose; null: no problem is planted.'),
});
export type BaseRecipe = z.infer<typeof baseRecipeSchema>;
