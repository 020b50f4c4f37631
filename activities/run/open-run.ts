import { listCheckpointsAt, toCheckpointRef } from '../../db/queries/artifacts.ts';
import { findBaseModel, type BaseModel } from '../../db/queries/base-models.ts';
import { settleBudget } from '../../db/queries/ledger.ts';
import { writeTransaction, type Database } from '../../db/store/connection.ts';
import { countEvaluated } from '../../db/queries/evaluations.ts';
import { startRun } from '../../db/queries/runs.ts';
import { nextStepOf } from '../../db/queries/steps.ts';
import {
  isDevEvaluationDue,
  referenceStep,
  type ArtifactRef,
  type CheckpointRef,
} from '../../config/plan.ts';
import { openScheme } from '../../schemes/open-scheme.ts';
import { durable } from '../durable.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

export interface OpenRunInput {
  readonly plan: ArtifactRef;
  readonly teacherId: string | null;
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
  readonly reference: CheckpointRef;
  /** What KL penalties are measured from: the base model, or the policy it was last replaced by. */
  readonly klReference: CheckpointRef;
  /** After how many steps it is replaced; 0: never. */
  readonly syncEvery: number;
  /** Who samples the rollouts when it is not the policy itself. */
  readonly teacher: CheckpointRef | null;
  /** A part of the scheme reads what a judge finds. */
  readonly needsJudge: boolean;
  /** The base model's samples of the pool are not complete. */
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

/** Where a run continues: after its last recorded step, with that step's checkpoint, or from the base model. */
export function createOpenRun({ db, plans, held, sources }: StoreDependencies) {
  return durable(async (input: OpenRunInput): Promise<OpenedRun> => {
    const { plan } = await plans.readRun(input.plan);
    const base = requireBaseModel(db, plan.baseModelId, plan.runId);
    const teacher = input.teacherId === null ? null : requireBaseModel(db, input.teacherId, plan.runId);
    const { runId } = plan;
    held.drop(runId);
    const epoch = startRun(db, runId, { provenance: input.provenance, sources });
    const nextStep = nextStepOf(db, runId);
    const { budget } = plan.condition.training;
    // As in a run that continues a shorter one: nobody asked when its last step was recorded.
    const isSpent = writeTransaction(db, (tx) => settleBudget(tx, runId, budget));
    const reference = { weights: base.weights, trainingState: null };
    const checkpointOf = (step: number): CheckpointRef => {
      const [row] = listCheckpointsAt(db, runId, [step]);
      return row === undefined ? reference : toCheckpointRef(db, row);
    };
    const { evaluation, training, scheme } = plan.condition;
    const { syncEvery } = scheme.reference;
    const isDue =
      !isSpent &&
      nextStep > 0 &&
      isDevEvaluationDue(nextStep - 1, { steps: training.steps, evaluateEvery: evaluation.every });
    const evaluated = countEvaluated(db, { runId, step: nextStep, split: 'dev' });
    const pooled = countEvaluated(db, { runId, step: 0, split: 'pool' });
    return {
      epoch,
      nextStep,
      checkpoint: checkpointOf(nextStep),
      reference,
      klReference: checkpointOf(referenceStep(nextStep, syncEvery)),
      syncEvery,
      teacher: teacher === null ? null : { weights: teacher.weights, trainingState: null },
      needsJudge: openScheme(scheme).judges.length > 0,
      lacksPool: training.pool !== null && training.poolSamples > 0 && pooled < training.pool,
      isSpent,
      lacksDevEvaluation: isDue && evaluated < evaluation.devProblems,
    };
  });
}
