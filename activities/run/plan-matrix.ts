import { writeTransaction } from '../../db/store/connection.ts';
import { endRun, listUnfinishedRuns, type RunWithCondition } from '../../db/queries/runs.ts';
import type { BaseRecipe } from '../../config/base-recipe.ts';
import { canonicalJson } from '../../config/canonical.ts';
import type { Condition } from '../../config/experiment.ts';
import type { RunKind } from '../../config/chain.ts';
import type { ArtifactRef, BaseModelInput, EvaluationSplit, RunInput, RunInputs } from '../../config/plan.ts';
import { countSteps } from '../../corpora/stages.ts';
import { durable } from '../durable.ts';
import { isGiven } from '../dataset/dataset-rows.ts';
import { conditionOf } from './run-context.ts';
import { findInputs, toRunPlan } from './run-inputs.ts';
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

/** What a run does with its steps. */
function kindOf(condition: Condition, inputs: RunInputs): RunKind {
  if (condition.collect !== undefined) return 'collect';
  return isGiven({ condition, inputs }) ? 'fit' : 'train';
}

async function planRun(
  dependencies: StoreDependencies,
  run: RunWithCondition,
  of: { readonly condition: Condition; readonly inputs: RunInputs },
): Promise<RunInput> {
  const { condition, inputs } = of;
  const { base, evaluation, task, training, parts } = condition;
  const plan = toRunPlan(run, condition, inputs);
  const splits = Object.entries(evaluation.splits) as [EvaluationSplit, number][];
  return {
    runId: run.id,
    conditionId: run.conditionId,
    plan: await storeJson(dependencies, `runs/${run.id}/plan-{sha}.json`, plan),
    base: await planBaseModel(dependencies, { id: run.baseModelId, recipe: base, task, parts }),
    kind: kindOf(condition, inputs),
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

/** The next page of a matrix's unfinished runs that can start, with their plans stored. */
export function createPlanMatrix(dependencies: StoreDependencies) {
  const { db } = dependencies;
  return durable(async (input: PlanMatrixInput): Promise<PlannedPage> => {
    const page = listUnfinishedRuns(db, input);
    const runs: RunInput[] = [];
    const orphaned: string[] = [];
    let waiting = 0;
    for (const run of page) {
      const condition = conditionOf(run);
      const readiness = findInputs(db, run, condition);
      if (readiness.kind === 'ready')
        runs.push(await planRun(dependencies, run, { condition, inputs: readiness.inputs }));
      if (readiness.kind === 'waits') waiting += 1;
      if (readiness.kind !== 'orphaned') continue;
      orphaned.push(run.id);
      const failure = { type: 'InputMissingError', message: readiness.message };
      writeTransaction(db, (tx) => endRun(tx, run.id, { status: 'failed', failure }));
    }
    return { runs, orphaned, waiting, after: page.length === input.limit ? page.at(-1)!.id : null };
  });
}
