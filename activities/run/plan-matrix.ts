import { writeTransaction, type Database } from '../../db/store/connection.ts';
import { listPromptAccuracies } from '../../db/queries/rollouts.ts';
import { endRun, findSibling, listUnfinishedRuns, type RunWithCondition } from '../../db/queries/runs.ts';
import type { BaseRecipe } from '../../config/base-recipe.ts';
import { canonicalJson, fingerprint } from '../../config/canonical.ts';
import type { Condition } from '../../config/experiment.ts';
import type { ArtifactRef, BaseModelInput, EvaluationSplit, RunInput, RunPlan } from '../../config/plan.ts';
import { rankByVariance } from '../../stats/measures/example-ranking.ts';
import { countSteps } from '../../corpora/stages.ts';
import { durable } from '../durable.ts';
import { conditionOf } from './run-context.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

export interface PlanMatrixInput {
  readonly experimentId: string;
  /** Only runs with ids after this one; null: from the first. */
  readonly after: string | null;
  readonly limit: number;
}

export interface PlannedPage {
  readonly runs: readonly RunInput[];
  /** Runs that failed because another run, which they need, did not complete. */
  readonly orphaned: readonly string[];
  /** How many of the page's runs wait for another run's end; absent in histories of older versions. */
  readonly waiting?: number;
  /** Where the next page begins; null after the last page. */
  readonly after: string | null;
}

type ExamplesPlan = NonNullable<Condition['training']['examples']>;

/** Pretraining steps between durable checkpoints. */
const CHUNK_STEPS = 100;

function storeJson(dependencies: StoreDependencies, path: string, value: unknown): Promise<ArtifactRef> {
  return dependencies.artifacts.write(path, new TextEncoder().encode(canonicalJson(value)));
}

async function planBaseModel(
  dependencies: StoreDependencies,
  base: {
    readonly id: string;
    readonly recipe: BaseRecipe;
    readonly task: Condition['task'];
    readonly parts: Condition['parts'];
  },
): Promise<BaseModelInput> {
  const { id: baseModelId, recipe, task, parts } = base;
  const path = `bases/${baseModelId.slice(0, 16)}/plan-{sha}.json`;
  return {
    baseModelId,
    plan: await storeJson(dependencies, path, { recipe, task, parts }),
    totalSteps: countSteps(recipe),
    chunkSteps: CHUNK_STEPS,
  };
}

/** The teacher of a scheme that samples from one; null for the others. */
async function planTeacher(
  dependencies: StoreDependencies,
  { scheme, teacher, task, parts }: Condition,
): Promise<BaseModelInput | null> {
  if (scheme.behavior !== 'teacher' || teacher === null) return null;
  const id = fingerprint({ recipe: teacher, task });
  return planBaseModel(dependencies, { id, recipe: teacher, task, parts });
}

async function planRun(
  dependencies: StoreDependencies,
  run: RunWithCondition,
  examples: readonly number[] | null,
): Promise<RunInput> {
  const condition = conditionOf(run);
  const { base, evaluation, task, training, parts } = condition;
  const plan: RunPlan = {
    runId: run.id,
    experimentId: run.experimentId,
    conditionName: run.conditionName,
    seed: run.seed,
    baseModelId: run.baseModelId,
    condition,
    examples,
  };
  const splits = Object.entries(evaluation.splits) as [EvaluationSplit, number][];
  return {
    runId: run.id,
    conditionId: run.conditionId,
    plan: await storeJson(dependencies, `runs/${run.id}/plan-{sha}.json`, plan),
    base: await planBaseModel(dependencies, { id: run.baseModelId, recipe: base, task, parts }),
    teacher: await planTeacher(dependencies, condition),
    steps: training.steps,
    evaluateEvery: evaluation.every,
    probes: Object.keys(evaluation.probes).sort(),
    poolEvaluation: { split: 'pool', problems: training.pool ?? 0, samplesPerProblem: training.poolSamples },
    devEvaluation: {
      split: 'dev',
      problems: evaluation.devProblems,
      samplesPerProblem: evaluation.devSamples,
    },
    finalEvaluations: splits.map(([split, problems]) => ({
      split,
      problems,
      samplesPerProblem: evaluation.samplesPerProblem,
    })),
  };
}

/** Whether a run can start: at once, later, or never, because the run that ranks its examples did not complete. */
type Readiness =
  | { readonly kind: 'ready'; readonly examples: readonly number[] | null }
  | { readonly kind: 'waits' }
  | { readonly kind: 'orphaned'; readonly message: string };

function rankExamples(db: Database, ranking: RunWithCondition, examples: ExamplesPlan): number[] {
  const { pool, promptsPerStep } = conditionOf(ranking).training;
  const accuracies = listPromptAccuracies(db, ranking.reusedRunId ?? ranking.id)
    .filter(({ problemIndex }) => problemIndex < promptsPerStep)
    .map(({ step, problemIndex, correct, rollouts }) => ({
      example: (step * promptsPerStep + problemIndex) % pool!,
      accuracy: correct / rollouts,
    }));
  const ranked = rankByVariance(accuracies).map(({ example }) => example);
  return (examples.order === 'lowest-variance' ? ranked.reverse() : ranked).slice(0, examples.count);
}

function readinessOf(db: Database, run: RunWithCondition): Readiness {
  const { examples } = conditionOf(run).training;
  if (examples === null) return { kind: 'ready', examples: null };
  const ranking = findSibling(db, run, examples.from);
  if (ranking?.status === 'completed')
    return { kind: 'ready', examples: rankExamples(db, ranking, examples) };
  if (ranking !== null && (ranking.status === 'pending' || ranking.status === 'running'))
    return { kind: 'waits' };
  const found = ranking === null ? 'there is none' : `it is ${ranking.status}`;
  return { kind: 'orphaned', message: `the run of ${examples.from} that ranks its examples: ${found}` };
}

/** The next page of a matrix's unfinished runs that can start, with their plans stored. */
export function createPlanMatrix(dependencies: StoreDependencies) {
  const { db } = dependencies;
  return durable(async (input: PlanMatrixInput): Promise<PlannedPage> => {
    const page = listUnfinishedRuns(db, input);
    const runs: RunInput[] = [];
    const orphaned: string[] = [];
    let waiting = 0;
    for (const run of page) {
      const readiness = readinessOf(db, run);
      if (readiness.kind === 'ready') runs.push(await planRun(dependencies, run, readiness.examples));
      if (readiness.kind === 'waits') waiting += 1;
      if (readiness.kind !== 'orphaned') continue;
      orphaned.push(run.id);
      const failure = { type: 'RankingRunMissing', message: readiness.message };
      writeTransaction(db, (tx) => endRun(tx, run.id, { status: 'failed', failure }));
    }
    return { runs, orphaned, waiting, after: page.length === input.limit ? page.at(-1)!.id : null };
  });
}
