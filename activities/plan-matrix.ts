import { listUnfinishedRuns, type RunWithCondition } from '../db/runs.ts';
import { canonicalJson } from '../spec/canonical.ts';
import type { Condition } from '../spec/experiment.ts';
import {
  planEvaluationSlices,
  type ArtifactRef,
  type BaseModelInput,
  type EvaluationSplit,
  type RunInput,
  type RunPlan,
} from '../spec/plan.ts';
import { countPretrainSteps } from './corpus.ts';
import { durable } from './durable.ts';
import type { StoreDependencies } from './store-dependencies.ts';

export interface PlanMatrixInput {
  readonly experimentId: string;
  /** Only runs with ids after this one; null: from the first. */
  readonly after: string | null;
  readonly limit: number;
}

/** Pretraining steps between durable checkpoints. */
const CHUNK_STEPS = 100;

function storeJson(dependencies: StoreDependencies, path: string, value: unknown): Promise<ArtifactRef> {
  return dependencies.artifacts.write(path, new TextEncoder().encode(canonicalJson(value)));
}

async function planBaseModel(
  dependencies: StoreDependencies,
  baseModelId: string,
  condition: Condition,
): Promise<BaseModelInput> {
  const { base: recipe, task } = condition;
  const path = `bases/${baseModelId.slice(0, 16)}/plan-{sha}.json`;
  return {
    baseModelId,
    plan: await storeJson(dependencies, path, { recipe, task }),
    totalSteps: countPretrainSteps(recipe),
    chunkSteps: CHUNK_STEPS,
  };
}

async function planRun(dependencies: StoreDependencies, run: RunWithCondition): Promise<RunInput> {
  const condition = JSON.parse(run.settings) as Condition;
  const { evaluation, training } = condition;
  const plan: RunPlan = {
    runId: run.id,
    experimentId: run.experimentId,
    conditionName: run.conditionName,
    seed: run.seed,
    baseModelId: run.baseModelId,
    condition,
  };
  const splits = Object.entries(evaluation.splits) as [EvaluationSplit, number][];
  return {
    runId: run.id,
    plan: await storeJson(dependencies, `runs/${run.id}/plan-{sha}.json`, plan),
    base: await planBaseModel(dependencies, run.baseModelId, condition),
    steps: training.steps,
    evaluateEvery: evaluation.every,
    devSlices: planEvaluationSlices('dev', evaluation.devProblems, evaluation.devSamples),
    finalSlices: splits.flatMap(([split, problems]) =>
      planEvaluationSlices(split, problems, evaluation.samplesPerProblem),
    ),
  };
}

/** The next page of a matrix's unfinished runs, with their plans stored. */
export function createPlanMatrix(dependencies: StoreDependencies) {
  return durable((input: PlanMatrixInput): Promise<RunInput[]> =>
    Promise.all(listUnfinishedRuns(dependencies.db, input).map((run) => planRun(dependencies, run))),
  );
}
