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

const sourceName = z.string().describe('Name of a source of documents (docs/substrates.md).');
const sourceOptions = z
  .record(z.string(), z.unknown())
  .default({})
  .describe("The source's own options; those left out have its defaults.");

function sumShares(sources: readonly { readonly share?: number | undefined }[]): number {
  return sources.reduce((sum, { share }) => sum + (share ?? 0), 0);
}

const pretrainingSourcesSchema = z
  .array(
    z.strictObject({
      name: sourceName,
      share: z
        .number()
        .min(0)
        .lt(1)
        .optional()
        .describe('Share of the documents; the last source has none, it takes the rest.'),
      options: sourceOptions,
    }),
  )
  .min(1)
  .superRefine((sources, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    for (const [at, { share }] of sources.entries()) {
      const isLast = at === sources.length - 1;
      if (isLast && share !== undefined)
        refuse(
          [at, 'share'],
          `found ${share}, expected none: the last source takes the rest of the documents`,
        );
      if (!isLast && share === undefined)
        refuse([at, 'share'], 'found none, expected a share below 1: only the last source takes the rest');
    }
    const sum = sumShares(sources.slice(0, -1));
    if (sum >= 1)
      refuse([], `found shares of ${sum} in all, expected less than 1: the last source takes the rest`);
  });

const stageSourcesSchema = z
  .array(
    z.strictObject({
      name: sourceName,
      share: z.number().gt(0).max(1).describe('Share of the stage’s documents.'),
      options: sourceOptions,
    }),
  )
  .refine((sources) => sumShares(sources) <= 1 + 1e-9, {
    message: 'the shares of a stage are at most 1 in all',
  });

const stageSchema = z.strictObject({
  name: z.string().min(1).describe('What reports call the stage.'),
  steps: z.number().int().min(1).describe('Optimizer steps of the stage.'),
  learningRate: z.number().positive().default(1e-3).describe('Initial learning rate, linear to 0.'),
  sources: stageSourcesSchema.describe('What the stage reads; all other documents are as in pretraining.'),
});

/** A source as a recipe names it; without a share it takes the rest. */
export type SourceEntry = z.infer<typeof pretrainingSourcesSchema>[number];

/** How a base model with a known past is made: corpus, architecture, schedule. Its hash names the model. */
export const baseRecipeSchema = z.strictObject({
  name: z.string().default('latent-strategy').describe('What reports call it.'),
  seed: z.number().int().default(0).describe('Seed of initialisation and corpus.'),
  architecture: architectureSchema.prefault({}).describe('Llama-family transformer of the policy.'),
  sources: pretrainingSourcesSchema
    .prefault([{ name: 'facts', share: 0.1 }, { name: 'solutions' }])
    .describe('What pretraining reads. An override replaces the whole list.'),
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
  stages: z
    .array(stageSchema)
    .prefault([{ name: 'leak', steps: 160, sources: [{ name: 'planted', share: 0.3 }] }])
    .describe(
      'Further stages after pretraining, one after the other; [] for none. An override replaces the whole list.',
    ),
});
export type BaseRecipe = z.infer<typeof baseRecipeSchema>;
