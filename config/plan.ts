/**
 * What travels through Temporal: ids, small plans and references. Pure types and functions, so workflows may import them.
 */
import type { Architecture } from './base-recipe.ts';
import type { RunKind } from './chain.ts';
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
  /** Of the run's random streams. */
  readonly seed: number;
  readonly baseModelId: string;
  /** `base.seed` is this run's base seed. */
  readonly condition: Condition;
  readonly inputs: RunInputs;
}

/** What a run takes from other runs, each pinned by the hash of what they recorded. */
export interface RunInputs {
  /** The final policy that this run starts from; absent: the base model. */
  readonly policy?: { readonly runId: string; readonly sha256: string };
  /** The teacher's run, whose architecture may be another. */
  readonly teacher?: { readonly runId: string; readonly sha256: string; readonly architecture: Architecture };
  readonly data?: DatasetInput | RolloutsInput;
}

/** A dataset; `sha256` is of its rows. */
export interface DatasetInput {
  readonly runId: string;
  readonly sha256: string;
  /** Places in the dataset's run's pool that this run trains on alone, in their order; null: its rows are rollouts. */
  readonly problems: readonly number[] | null;
  /** Stream seed of the run whose pool they are of; absent: of the run itself. */
  readonly poolOf?: number;
  /** Of rollouts, the first row that is read and how many from there on; which problems are read is said above. */
  readonly from: number;
  readonly rows: number;
}

/** The training rollouts of a run; `sha256` is of its final weights. */
export interface RolloutsInput {
  readonly runId: string;
  readonly sha256: string;
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
  /** How many equal samples each one stands for, when sampled greedily; absent: itself alone. */
  readonly countsAs?: number;
  /** Absent: what the condition says of evaluations. */
  readonly temperature?: number;
  /** A part of the grid that the temperature is chosen from: counted apart. */
  readonly isOfGrid?: true;
}
/** `pool`: the fixed train problems of training.pool, sampled by the base model before training. */
export type SampledSplit = EvaluationSplit | 'pool';
export type EvaluationSplit = 'dev' | 'clean' | 'contaminated' | 'knowledge' | 'harder';

/** How many problems of a split an evaluation samples, and how often each. */
export interface SplitEvaluation extends Omit<EvaluationSlice, 'from' | 'to'> {
  readonly problems: number;
}

/** Input of a run workflow. */
export interface RunInput {
  readonly runId: string;
  readonly conditionId: string;
  readonly plan: ArtifactRef;
  readonly base: BaseModelInput;
  /** Absent in histories older than chains of runs: it trains. */
  readonly kind?: RunKind;
  readonly steps: number;
  readonly evaluateEvery: number;
  /** Names of the probes of the final policy. */
  readonly probes: readonly string[];
  readonly poolEvaluation: SplitEvaluation;
  readonly devEvaluation: SplitEvaluation;
  readonly finalEvaluations: readonly SplitEvaluation[];
  /** What the temperature of the final evaluations is chosen from; absent: it is given. */
  readonly temperatureGrid?: readonly SplitEvaluation[];
  /** A run that was paused when its history was cut stays paused. */
  readonly startsPaused?: boolean;
}

/** Rollouts of one evaluation activity: enough to amortise a call, few enough to lose little when one is killed. */
const ROLLOUTS_PER_SLICE = 2048;

/** Cuts an evaluation into slices of about ROLLOUTS_PER_SLICE rollouts. */
export function planEvaluationSlices(evaluation: SplitEvaluation): EvaluationSlice[] {
  const { problems, ...how } = evaluation;
  const perSlice = Math.max(1, Math.floor(ROLLOUTS_PER_SLICE / how.samplesPerProblem));
  const slices: EvaluationSlice[] = [];
  for (let from = 0; from < problems; from += perSlice) {
    slices.push({ ...how, from, to: Math.min(problems, from + perSlice) });
  }
  return slices;
}

/** What a slice is of, as files, the ledger and attempts name it: a split, or a temperature of the grid. */
export function nameSampled({ split, temperature, isOfGrid }: EvaluationSlice): string {
  return isOfGrid === true ? `temperature-${temperature}` : split;
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

/**
 * Names on a Temporal server, which other stores may use as well: all carry the store's identity. Workflow ids come from content,
 * so launching twice attaches instead of repeating. Of the two queues the store's own serves workflows and rows, `train` has one
 * slot per worker process.
 */
export function temporalNames(storeId: string) {
  const root = `assay/${storeId}`;
  return {
    storeId,
    storeQueue: `${root}/store`,
    trainQueue: `${root}/train`,
    matrixId: (experimentId: string): string => `${root}/matrix/${experimentId.slice(0, 16)}`,
    /** A base model as one matrix makes it. */
    baseModelId: (baseModelId: string, experimentId: string): string =>
      `${root}/base/${baseModelId.slice(0, 16)}/${experimentId.slice(0, 16)}`,
    runId: (runId: string): string => `${root}/run/${runId}`,
    evaluationId: (runId: string, step: number): string => `${root}/evaluation/${runId}/${step}`,
  };
}

export type TemporalNames = ReturnType<typeof temporalNames>;

/** The names of the store that a workflow belongs to, as its id tells. */
export function namesOfWorkflow(workflowId: string): TemporalNames {
  return temporalNames(workflowId.split('/')[1]!);
}
