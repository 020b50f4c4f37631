import { z } from 'zod';
import { baseRecipeSchema } from './base-recipe.ts';
import { checkSchema } from './check.ts';
import { collectSchema, dataSchema, modelsSchema } from './chain.ts';
import { hypothesisSchema } from './hypothesis.ts';
import { schemeSchema } from './scheme.ts';
import { evaluationSchema, trainingSchema } from './training.ts';

const slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,59}$/,
    'a name is 1–60 lower-case letters, digits and hyphens, starting with a letter or digit',
  );

const labelSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,59}$/, 'a label is lower-case letters, digits, dots and hyphens');

const namedRecipe = z.union([z.string(), z.record(z.string(), z.unknown())]);

/** What a condition may change of the experiment's defaults; checked in full once merged. */
const overridesSchema = z.strictObject({
  task: z.record(z.string(), z.unknown()).optional().describe('Overrides of the task.'),
  base: namedRecipe.optional().describe('A base recipe’s name, or { recipe, … } with overrides of it.'),
  scheme: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .optional()
    .describe('A scheme’s name, or { name, … } with overrides of its composition.'),
  training: z.record(z.string(), z.unknown()).optional().describe('Overrides of the training plan.'),
  evaluation: z.record(z.string(), z.unknown()).optional().describe('Overrides of the evaluation plan.'),
  models: modelsSchema.optional().describe('Models that come from other runs, by role (docs/chains.md).'),
  data: dataSchema
    .optional()
    .describe(
      'What another run recorded, or worked solutions, in the place of problems of the task (docs/chains.md).',
    ),
  only: z
    .record(z.string(), z.array(z.string()).min(1))
    .optional()
    .describe(
      'Of a condition: axis → its labels that the condition is crossed with, in place of all of them.',
    ),
  collect: z
    .union([z.string().transform((name) => collectSchema.parse({ name })), collectSchema])
    .optional()
    .describe(
      'The run trains nothing and writes a dataset: a collector’s name, or { name, options } (docs/chains.md).',
    ),
});
export type ConditionOverrides = z.infer<typeof overridesSchema>;

const taskSchema = z.looseObject({
  family: z.string().describe('Name of a task family; docs/tasks.md has the options of each.'),
});

export const controlSchema = z.enum([
  'base',
  'base-best-temperature',
  'base-greedy',
  'random-reward',
  'format-only',
  'ground-truth',
]);

/** The declared experiment: defaults, the conditions that differ from them, seeds. */
export const experimentSchema = z.strictObject({
  name: slug.describe('Names the experiment in commands, rows and reports.'),
  question: z.string().min(1).describe('The question the matrix answers, one sentence.'),
  baseline: z.string().default('base').describe('Condition the report compares the others with.'),
  task: taskSchema.describe('Task family of tasks/ and its options.'),
  base: namedRecipe
    .default({})
    .describe('Name of a base recipe (`assay bases ls`), or its settings (config/base-recipe.ts).'),
  scheme: overridesSchema.shape.scheme.default('grpo').describe('Scheme of conditions that name none.'),
  training: z.record(z.string(), z.unknown()).default({}).describe('Training plan (config/training.ts).'),
  evaluation: z.record(z.string(), z.unknown()).default({}).describe('Evaluation plan (config/training.ts).'),
  conditions: z
    .record(labelSchema, overridesSchema)
    .default({})
    .describe('Named conditions: what each changes.'),
  axes: z
    .record(slug, z.record(labelSchema, overridesSchema))
    .default({})
    .describe('Cross product over the conditions: axis → label → what it changes.'),
  controls: z
    .array(controlSchema)
    .default(['base', 'random-reward'])
    .describe('Control arms added by themselves; a condition of the same name replaces one.'),
  bases: z
    .union([z.number().int().min(1), z.array(z.number().int()).min(1)])
    .default(1)
    .describe('Base models per recipe: a number of base seeds (from base.seed on) or the list of them.'),
  seeds: z
    .union([z.number().int().min(1), z.array(z.number().int()).min(1)])
    .default(3)
    .describe('RL seeds per base model: a number (0, 1, …) or the list of them.'),
  source: z
    .string()
    .nullable()
    .default(null)
    .describe('Where the claim comes from, e.g. an arXiv id and section.'),
  parts: z
    .string()
    .optional()
    .describe(
      'A file beside this one that exports parts of your own (`export const parts = defineParts({ … })`); a TypeScript declaration may ' +
        'export them itself.',
    ),
  hypotheses: z
    .array(hypothesisSchema)
    .default([])
    .describe(
      'What the report decides: supported, contradicted, no-effect, underpowered or not-tested; pending while runs are unfinished.',
    ),
  checks: z
    .record(labelSchema, checkSchema)
    .default({})
    .describe(
      'Positive controls and manipulation checks by name: what must hold before the hypotheses that require it are tested.',
    ),
});

export type ExperimentInput = z.input<typeof experimentSchema>;
export type Experiment = z.infer<typeof experimentSchema>;

/** Declares an experiment in a TypeScript file; it is validated when the file is launched. */
export function defineExperiment(input: ExperimentInput): ExperimentInput {
  return input;
}

/** One point of the matrix without its seed: all that decides what a run computes, defaults filled in. */
export const conditionSchema = z.strictObject({
  task: taskSchema,
  base: baseRecipeSchema,
  scheme: schemeSchema,
  training: trainingSchema,
  evaluation: evaluationSchema,
  /** Absent: the base model is the policy. Here and in `data`, `run` is the fingerprint of a condition. */
  models: modelsSchema.optional(),
  /** Absent: problems of the task. */
  data: dataSchema.optional(),
  /** Absent: the run trains its policy, or evaluates it alone. */
  collect: collectSchema.optional(),
  /** What the file's own parts compile to, where the condition uses one of them. */
  parts: z.string().optional(),
});
export type Condition = z.infer<typeof conditionSchema>;
