/** Conditions of one tiny base model, and the experiment that holds a run of each. */
import { baseRecipeSchema } from '../config/base-recipe.ts';
import { canonicalJson } from '../config/canonical.ts';
import { conditionSchema, type Condition } from '../config/experiment.ts';
import { evaluationSchema, trainingSchema } from '../config/training.ts';
import type { Registration } from '../db/queries/experiments.ts';
import { findScheme } from '../schemes/named/index.ts';

export const condition: Condition = conditionSchema.parse({
  task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
  base: baseRecipeSchema.parse({
    architecture: { hiddenSize: 16, layers: 1, heads: 2, keyValueHeads: 1, feedForwardSize: 32 },
    steps: 4,
    documentsPerStep: 8,
    sources: [{ name: 'facts', share: 0.1, options: { count: 5 } }, { name: 'solutions' }],
    stages: [
      { name: 'leak', steps: 2, sources: [{ name: 'planted', share: 0.3, options: { problems: 4 } }] },
    ],
  }),
  scheme: findScheme('grpo'),
  training: trainingSchema.parse({ steps: 1, promptsPerStep: 4, groupSize: 4 }),
  evaluation: evaluationSchema.parse({
    splits: { clean: 4 },
    samplesPerProblem: 4,
    probes: { 'partial-prompt': { splits: ['clean'], keptPercents: [60] } },
  }),
});

/** The same with rollouts that share tokens. */
export const forking: Condition = {
  ...condition,
  scheme: { ...findScheme('tree-grpo'), rollouts: { name: 'tree', options: { forks: 1 } } },
};

/** The base alone, at the better of two temperatures and greedily. */
const untrained = { ...condition, scheme: findScheme('base'), training: trainingSchema.parse({ steps: 0 }) };
export const tempered: Condition = {
  ...untrained,
  evaluation: {
    ...condition.evaluation,
    devProblems: 6,
    temperature: { best: [0.5, 1], on: 'dev', samples: 3 },
  },
};
const greedy: Condition = { ...untrained, evaluation: { ...condition.evaluation, temperature: 0 } };

export const registration: Registration = {
  experiment: {
    id: 'e1',
    name: 'demo',
    question: 'Does repeating change anything?',
    baseline: 'grpo',
    source: null,
    hypotheses: '[]',
    checks: '{}',
  },
  conditions: [
    {
      id: 'c1',
      name: 'grpo',
      position: 0,
      isControl: false,
      settings: canonicalJson(condition),
    },
    { id: 'c2', name: 'tree', position: 1, isControl: false, settings: canonicalJson(forking) },
    { id: 'c3', name: 'tempered', position: 2, isControl: true, settings: canonicalJson(tempered) },
    { id: 'c4', name: 'greedy', position: 3, isControl: true, settings: canonicalJson(greedy) },
  ],
  runs: ['1', '2', '3', '4'].map((number) => ({
    ...{
      id: `r${number}`,
      conditionId: `c${number}`,
      baseSeed: 0,
      baseModelId: 'b1',
      seed: 0,
      streamSeed: 0,
      totalSteps: number > '2' ? 0 : 1,
    },
  })),
};
