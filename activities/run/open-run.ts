import { listCheckpointsAt, toCheckpointRef } from '../../db/queries/artifacts.ts';
import { findBaseModel, type BaseModel } from '../../db/queries/base-models.ts';
import { settleBudget } from '../../db/queries/ledger.ts';
import { writeTransaction, type Database } from '../../db/store/connection.ts';
import { countEvaluated } from '../../db/queries/evaluations.ts';
import { recordRunInput } from '../../db/queries/run-inputs.ts';
import { findRun, startRun } from '../../db/queries/runs.ts';
import { nextStepOf } from '../../db/queries/steps.ts';
import {
  isDevEvaluationDue,
  referenceStep,
  type ArtifactRef,
  type CheckpointRef,
  type RunPlan,
} from '../../config/plan.ts';
import { listAsked, readsTeacher } from '../../schemes/open-scheme.ts';
import { durable } from '../durable.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { finalPolicy, teacherPolicy } from './run-inputs.ts';

export interface OpenRunInput {
  readonly plan: ArtifactRef;
  /** Canonical JSON of a train worker: versions, backend and its flags, device, host, git revision. */
  readonly provenance: string;
}

export interface OpenedRun {
  /** The opening's number, which each of its commits names. */
  readonly epoch: number;
  /** The first step that is not recorded yet. */
  readonly nextStep: number;
  readonly checkpoint: CheckpointRef;
  /** The base model. */
  readonly base: CheckpointRef;
  /** What the run starts from: the base model, or another run's final policy. */
  readonly start: CheckpointRef;
  /** What KL penalties are measured from: the start, or the policy it was last replaced by. */
  readonly reference: CheckpointRef;
  /** Absent where no part reads one, and in histories older than teachers. */
  readonly teacher?: CheckpointRef;
  /** After how many steps it is replaced; 0: never. */
  readonly syncEvery: number;
  /** Parts of the scheme read what models say of rollouts that were not sampled by this run's own policy. */
  readonly needsMeasuring: boolean;
  /** A part of the scheme reads what a judge finds. */
  readonly needsJudge: boolean;
  /** A reward of the scheme is asked; absent in histories older than such rewards. */
  readonly asks?: boolean;
  /** The start's samples of the pool are not complete. */
  readonly lacksPool: boolean;
  /** The recorded steps have used the run's budget up; absent in histories older than budgets. */
  readonly isSpent?: boolean;
  /** The dev evaluation that belongs after the last recorded step is not complete. */
  readonly lacksDevEvaluation: boolean;
}

/** The base model is not recorded although its workflow is done. */
export class BaseModelMissingError extends Error {
  override readonly name = 'BaseModelMissingError';
}

function requireBaseModel(db: Database, id: string, runId: string): BaseModel {
  const found = findBaseModel(db, id);
  if (found === null) throw new BaseModelMissingError(`base model ${id} of ${runId} is not made`);
  return found;
}

/** What a run takes from other runs. */
interface PinnedModels {
  /** Null: it starts from the base model. */
  readonly policy: CheckpointRef | null;
  readonly teacher: CheckpointRef | null;
}

/** Pins what the run takes from other runs, and finds the models among it. */
function pinInputs(db: Database, { runId, inputs }: RunPlan): PinnedModels {
  const { policy, teacher, data } = inputs;
  writeTransaction(db, (tx) => {
    for (const [role, input] of [
      ['policy', policy],
      ['teacher', teacher],
      ['data', data],
    ] as const) {
      if (input === undefined) continue;
      recordRunInput(tx, { runId, role, inputRunId: input.runId, sha256: input.sha256 });
    }
  });
  return {
    policy: policy === undefined ? null : finalPolicy(db, findRun(db, policy.runId)),
    teacher: teacher === undefined ? null : teacherPolicy(db, findRun(db, teacher.runId)),
  };
}

/** Which evaluations on the way are still to be made. */
function listLacking(
  db: Database,
  { runId, condition }: RunPlan,
  at: { readonly nextStep: number; readonly isSpent: boolean },
): Pick<OpenedRun, 'lacksPool' | 'lacksDevEvaluation'> {
  const { evaluation, training } = condition;
  const { nextStep, isSpent } = at;
  const isDue =
    !isSpent &&
    nextStep > 0 &&
    isDevEvaluationDue(nextStep - 1, { steps: training.steps, evaluateEvery: evaluation.every });
  const evaluated = countEvaluated(db, { runId, step: nextStep, split: 'dev' });
  const pooled = countEvaluated(db, { runId, step: 0, split: 'pool' });
  return {
    lacksPool: training.pool !== null && training.poolSamples > 0 && pooled < training.pool,
    lacksDevEvaluation: isDue && evaluated < evaluation.devProblems,
  };
}

/** Where a run continues: after its last recorded step, with that step's checkpoint, or from where it starts. */
export function createOpenRun({ db, plans, held, sources }: StoreDependencies) {
  return durable(async (input: OpenRunInput): Promise<OpenedRun> => {
    const { plan, scheme } = await plans.readRun(input.plan);
    const { weights } = requireBaseModel(db, plan.baseModelId, plan.runId);
    const { runId } = plan;
    held.drop(runId);
    const epoch = startRun(db, runId, { provenance: input.provenance, sources });
    const base = { weights, trainingState: null };
    const pinned = pinInputs(db, plan);
    const start = pinned.policy ?? base;
    const nextStep = nextStepOf(db, runId);
    // As in a run that continues a shorter one: nobody asked when its last step was recorded.
    const isSpent = writeTransaction(db, (tx) => settleBudget(tx, runId, plan.condition.training.budget));
    const checkpointOf = (step: number): CheckpointRef => {
      const [row] = listCheckpointsAt(db, runId, [step]);
      return row === undefined ? start : toCheckpointRef(db, row);
    };
    const { syncEvery } = plan.condition.scheme.reference;
    const { needs, judges } = scheme;
    return {
      epoch,
      nextStep,
      checkpoint: checkpointOf(nextStep),
      base,
      start,
      reference: checkpointOf(referenceStep(nextStep, syncEvery)),
      ...(pinned.teacher === null ? {} : { teacher: pinned.teacher }),
      syncEvery,
      needsMeasuring: readsTeacher(needs) || needs.has('referenceLogprobs') || needs.has('values'),
      needsJudge: judges.length > 0,
      asks: listAsked(scheme).length > 0,
      isSpent,
      ...listLacking(db, plan, { nextStep, isSpent }),
    };
  });
}
