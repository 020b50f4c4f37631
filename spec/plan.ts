/**
 * What travels through Temporal: ids, small plans and references. Pure types and functions, so workflows may import them.
 */
import type { Condition } from './experiment.ts';

/** A file of the artifact store: relative path, SHA-256 (hex) and size of its content. */
export interface ArtifactRef {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** All that is needed to continue exactly: weights, and optimizer moments unless nothing was trained yet. */
export interface CheckpointRef {
  readonly weights: ArtifactRef;
  readonly trainingState: ArtifactRef | null;
}

/** Everything an activity needs to know about a run; stored as an artifact, passed by reference. */
export interface RunPlan {
  readonly runId: string;
  readonly experimentId: string;
  readonly conditionName: string;
  readonly seed: number;
  readonly baseModelId: string;
  /** `base.seed` is this run's base seed. */
  readonly condition: Condition;
  /** Pool problems that the run trains on alone; null: on all of them. */
  readonly examples: readonly number[] | null;
}

/** One base model to make; `plan` refers to a stored {recipe, task}. */
export interface BaseModelInput {
  readonly baseModelId: string;
  readonly plan: ArtifactRef;
  readonly totalSteps: number;
  readonly chunkSteps: number;
}

/** A slice of an evaluation that one activity samples: problems [from, to) of a split. */
export interface EvaluationSlice {
  readonly split: SampledSplit;
  readonly from: number;
  readonly to: number;
  readonly samplesPerProblem: number;
}
/** `pool`: the fixed train problems of training.pool, sampled by the base model before training. */
export type SampledSplit = EvaluationSplit | 'pool';
export type EvaluationSplit = 'dev' | 'clean' | 'contaminated' | 'knowledge' | 'harder';

/** Input of a run workflow. */
export interface RunInput {
  readonly runId: string;
  readonly plan: ArtifactRef;
  readonly base: BaseModelInput;
  /** The base model that samples the rollouts instead of the policy; null: the policy itself. */
  readonly teacher: BaseModelInput | null;
  readonly steps: number;
  readonly evaluateEvery: number;
  /** Names of the probes of the final policy. */
  readonly probes: readonly string[];
  readonly poolSlices: readonly EvaluationSlice[];
  readonly devSlices: readonly EvaluationSlice[];
  readonly finalSlices: readonly EvaluationSlice[];
  /** A run that was paused when its history was cut stays paused. */
  readonly startsPaused?: boolean;
}

/** Rollouts of one evaluation activity: enough to amortise a call, few enough to lose little when one is killed. */
const ROLLOUTS_PER_SLICE = 2048;

/** Cuts `problems` problems of a split into slices of about ROLLOUTS_PER_SLICE rollouts. */
export function planEvaluationSlices(
  split: SampledSplit,
  problems: number,
  samplesPerProblem: number,
): EvaluationSlice[] {
  const perSlice = Math.max(1, Math.floor(ROLLOUTS_PER_SLICE / samplesPerProblem));
  const slices: EvaluationSlice[] = [];
  for (let from = 0; from < problems; from += perSlice) {
    slices.push({ split, from, to: Math.min(problems, from + perSlice), samplesPerProblem });
  }
  return slices;
}

/** Whether the dev split is evaluated once step `step` (from 0) is done; the final evaluation is separate. */
export function isDevEvaluationDue(step: number, input: Pick<RunInput, 'steps' | 'evaluateEvery'>): boolean {
  const done = step + 1;
  return input.evaluateEvery > 0 && done % input.evaluateEvery === 0 && done < input.steps;
}

/** The step behind which the reference policy of step `step` (from 0) was copied; 0: it is the base. */
export function referenceStep(step: number, syncEvery: number): number {
  return syncEvery === 0 ? 0 : step - (step % syncEvery);
}

/** Workflow ids come from content, so launching twice attaches instead of repeating. */
export const workflowIds = {
  matrix: (experimentId: string): string => `matrix/${experimentId.slice(0, 16)}`,
  baseModel: (baseModelId: string): string => `base/${baseModelId.slice(0, 16)}`,
  run: (runId: string): string => `run/${runId}`,
  evaluation: (runId: string, step: number): string => `evaluation/${runId}/${step}`,
};

/** Task queues, one per resource; `train` has one slot per worker process. */
export const taskQueues = { orchestration: 'orchestration', cpu: 'cpu', train: 'train' } as const;
