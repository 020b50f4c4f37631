import { LRUCache } from 'lru-cache';
import type { RunWithCondition } from '../../db/queries/runs.ts';
import { createCharacterTokenizer } from '../../model/tokenizers/character-tokenizer.ts';
import type { PolicyConfig } from '../../model/network/config.ts';
import type { PolicyTokenizer } from '../../model/tokenizers/tokenizer.ts';
import type { Architecture, BaseRecipe } from '../../config/base-recipe.ts';
import type { Condition } from '../../config/experiment.ts';
import type { ArtifactRef, RunPlan, SampledSplit } from '../../config/plan.ts';
import { MAX_ROUNDS } from '../../schemes/gates/gate.ts';
import { readStoredCondition, readStoredPlan, readStoredRecipe } from '../../config/stored-condition.ts';
import { toMaxNewTokens } from '../../config/training.ts';
import { alphabetOf, openCorpus, type Corpus } from '../../corpora/open-corpus.ts';
import type { ProblemAddress } from '../../datasets/collector.ts';
import { LOWEST_RUN_SEED, runSeed } from '../../random/run-seed.ts';
import { openScheme, type OpenScheme } from '../../schemes/open-scheme.ts';
import { takeParts } from '../../schemes/own-parts.ts';
import { openTask } from '../../tasks/index.ts';
import { EVALUATION_SEED, type Problem } from '../../tasks/problem.ts';
import { findTaskOfSplit } from '../../tasks/task-of-split.ts';
import type { Task } from '../../tasks/task.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';

/** What a base model is made from: its recipe and the task whose corpus it reads. Its fingerprint names the model. */
export interface BaseModelPlan {
  readonly recipe: BaseRecipe;
  readonly task: { readonly family: string; readonly [option: string]: unknown };
  /** What parts of a declaration's own compile to, where the task is one of them. */
  readonly parts?: string | undefined;
}

/** A base model's surroundings, derived from its plan alone, so every worker derives the same. */
export interface Substrate {
  /** The condition's. */
  readonly task: Task;
  /** What the base read, and every task that it knows by it. */
  readonly corpus: Corpus;
  readonly tokenizer: PolicyTokenizer;
  readonly policyConfig: PolicyConfig;
}

/** A run's plan with everything derived from it. */
export interface RunContext extends Substrate {
  readonly plan: RunPlan;
  readonly maxNewTokens: number;
  /** The teacher's; null without one. */
  readonly teacherConfig: PolicyConfig | null;
  /** The condition's, its parts at hand. */
  readonly scheme: OpenScheme;
}

/** Longer than a character, so that no task's alphabet holds them. */
const SPECIAL_TOKENS = { pad: '<pad>', end: '<end>' } as const;

function toPolicyConfig(architecture: Architecture, tokenizer: PolicyTokenizer): PolicyConfig {
  return {
    vocabularySize: tokenizer.vocabularySize,
    width: architecture.hiddenSize,
    layers: architecture.layers,
    heads: architecture.heads,
    keyValueHeads: architecture.keyValueHeads,
    headWidth: architecture.hiddenSize / architecture.heads,
    feedForwardWidth: architecture.feedForwardSize,
    maxPositions: architecture.maxPositions,
    ropeTheta: architecture.ropeTheta,
    normEpsilon: 1e-5,
    tiedEmbeddings: architecture.isTied,
    beginId: null,
    endId: tokenizer.endId,
    padId: tokenizer.padId,
  };
}

/** Opens the task, the corpus, the tokenizer and the architecture of a base model. */
export function openSubstrate({ recipe, task: taskSettings, parts }: BaseModelPlan): Substrate {
  takeParts(parts);
  const { family, ...options } = taskSettings;
  const task = openTask(family, options);
  const corpus = openCorpus(recipe, task);
  const tokenizer = createCharacterTokenizer(alphabetOf(corpus.tasks), SPECIAL_TOKENS);
  return { task, corpus, tokenizer, policyConfig: toPolicyConfig(recipe.architecture, tokenizer) };
}

/** The stored condition as a run sees it: with the base model that the run's base seed gives. */
export function conditionOf(run: Pick<RunWithCondition, 'settings' | 'baseSeed'>): Condition {
  const condition = readStoredCondition(JSON.parse(run.settings));
  return { ...condition, base: { ...condition.base, seed: run.baseSeed } };
}

/** A base model's plan as this program or an earlier version stored it. */
export function readBaseModelPlan(stored: unknown): BaseModelPlan {
  const plan = stored as BaseModelPlan;
  return { ...plan, recipe: readStoredRecipe(plan.recipe) };
}

/** A run as its plan alone describes it. */
export function openRunContext(plan: RunPlan): RunContext {
  const { base, task, training, scheme, parts } = plan.condition;
  const substrate = openSubstrate({ recipe: base, task, parts });
  const maxNewTokens = toMaxNewTokens(training, substrate.task.maxCompletionCharacters);
  const { teacher } = plan.inputs;
  const teacherConfig =
    teacher === undefined ? null : toPolicyConfig(teacher.architecture, substrate.tokenizer);
  return { ...substrate, plan, maxNewTokens, teacherConfig, scheme: openScheme(scheme) };
}

/** Reads stored plans and derives what follows from them. */
export interface PlanReader {
  readRun(ref: ArtifactRef): Promise<RunContext>;
  readBaseModel(ref: ArtifactRef): Promise<BaseModelPlan>;
}

/** More than are under way at once on one worker; those of ended runs make room. */
const OPEN_PLANS = 512;

/** Plans are immutable, so each is opened once per process while it is in use. */
export function createPlanReader(artifacts: ArtifactStore): PlanReader {
  const runs = new LRUCache<string, RunContext>({ max: OPEN_PLANS });
  const readJson = async (ref: ArtifactRef): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await artifacts.read(ref)));
  return {
    readRun: async (ref) => {
      const known = runs.get(ref.sha256);
      if (known !== undefined) return known;
      const context = openRunContext(readStoredPlan(await readJson(ref)));
      runs.set(ref.sha256, context);
      return context;
    },
    readBaseModel: async (ref) => readBaseModelPlan(await readJson(ref)),
  };
}

/** Pools of runs whose streams came from their RL seed alone: one for all of them, with problems that no corpus draws. */
const FORMER_POOL_SEED = 1_000_003;

/** The seed of a run's pool of train problems: its own, or that of the run whose ranked problems it trains on. */
function poolSeed({ seed, inputs: { data } }: Pick<RunPlan, 'seed' | 'inputs'>): number {
  const owner = data !== undefined && 'poolOf' in data ? (data.poolOf ?? seed) : seed;
  return owner < LOWEST_RUN_SEED ? FORMER_POOL_SEED : owner;
}

/** Where a prompt stands: the i-th of a sampling round of a step. */
export interface PromptPlace {
  readonly step: number;
  readonly round: number;
  readonly position: number;
}

/** Place in the pool of a prompt: the pool, or the problems of the run's dataset, in turn. */
export function poolIndex({ condition, inputs }: RunPlan, at: PromptPlace): number | null {
  const { pool, promptsPerStep } = condition.training;
  if (pool === null) return null;
  const turn = (at.step + at.round) * promptsPerStep + at.position;
  const problems = inputs.data !== undefined && 'problems' in inputs.data ? inputs.data.problems : null;
  return problems === null ? turn % pool : problems[turn % problems.length]!;
}

/** The train problem that a prompt asks, by its address. */
export function addressOf(plan: RunPlan, at: PromptPlace): ProblemAddress {
  const index = poolIndex(plan, at);
  if (index !== null) return { seed: poolSeed(plan), index };
  const { promptsPerStep } = plan.condition.training;
  return {
    seed: plan.seed,
    index: (at.step * MAX_ROUNDS + at.round) * promptsPerStep + at.position,
  };
}

/** The train problem whose worked solution is the i-th that a step learns from: of no corpus, and asked by no prompt. */
export function addressOfSolution(
  { seed, condition: { training } }: RunPlan,
  at: { readonly step: number; readonly position: number },
): ProblemAddress {
  const perStep = training.promptsPerStep * training.groupSize;
  return { seed: runSeed(seed, 0), index: at.step * perStep + at.position };
}

/** The problems of one sampling round of one step: the same for every scheme at the same base seed and seed. */
export function trainProblems(
  { plan, task }: RunContext,
  at: { readonly step: number; readonly round: number },
): Problem[] {
  return Array.from({ length: plan.condition.training.promptsPerStep }, (_, position) => {
    const { seed, index } = addressOf(plan, { ...at, position });
    return task.problem('train', seed, index);
  });
}

/** The task that owns a split's problems. */
export function taskOfSplit(context: Substrate, split: SampledSplit): Task {
  if (split === 'pool') return context.task;
  const found = findTaskOfSplit(context.corpus.tasks, split);
  if (found !== null) return found;
  const names = context.corpus.tasks.map(({ name }) => name).join(', ');
  throw new RangeError(`no task that the base knows has split ${split}; it knows ${names}`);
}

/** Problems [from, to) of an evaluation split. */
export function evaluationProblems(
  context: RunContext,
  slice: { readonly split: SampledSplit; readonly from: number; readonly to: number },
): Problem[] {
  const task = taskOfSplit(context, slice.split);
  return Array.from({ length: slice.to - slice.from }, (_, i) =>
    slice.split === 'pool'
      ? task.problem('train', poolSeed(context.plan), slice.from + i)
      : task.problem(slice.split, EVALUATION_SEED, slice.from + i),
  );
}
