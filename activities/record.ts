import { listCheckpoints, recordCheckpoint, releaseArtifacts, toCheckpointRef } from '../db/artifacts.ts';
import { beginAttempt, finishAttempt } from '../db/attempts.ts';
import { writeTransaction, type Database } from '../db/connection.ts';
import { listRollouts } from '../db/rollouts.ts';
import { recordStep } from '../db/steps.ts';
import { referenceStep, type ArtifactRef, type CheckpointRef, type RunPlan } from '../spec/plan.ts';
import { removeAll } from './artifact-store.ts';
import { durable } from './durable.ts';
import { measureRollouts } from './rollout-metrics.ts';
import type { StoreDependencies } from './store-dependencies.ts';
import type { UpdatedPolicy } from './update.ts';

export interface RecordInput {
  readonly plan: ArtifactRef;
  readonly step: number;
  readonly updated: UpdatedPolicy;
  /** Files that no one needs once the step is recorded. */
  readonly obsolete: readonly ArtifactRef[];
}

function filesOf(checkpoint: CheckpointRef): ArtifactRef[] {
  return checkpoint.trainingState === null
    ? [checkpoint.weights]
    : [checkpoint.weights, checkpoint.trainingState];
}

/** Checkpoints that no one needs once the next step starts: neither the base nor kept by the plan, not its reference. */
export function listSuperseded(step: number, plan: { checkpointEvery: number; syncEvery: number }): number[] {
  const { checkpointEvery, syncEvery } = plan;
  const reference = referenceStep(step + 1, syncEvery);
  return [...new Set([referenceStep(step, syncEvery), step])].filter(
    (past) => past > 0 && past !== reference && !(checkpointEvery > 0 && past % checkpointEvery === 0),
  );
}

/** The files of superseded checkpoints. */
function supersededFiles(db: Database, input: RecordInput, { runId, condition }: RunPlan): ArtifactRef[] {
  const { training, scheme } = condition;
  const steps = listSuperseded(input.step, {
    checkpointEvery: training.checkpointEvery,
    syncEvery: scheme.reference.syncEvery,
  });
  const current = new Set(filesOf(input.updated.checkpoint).map((ref) => ref.path));
  return listCheckpoints(db, runId)
    .filter(({ step }) => steps.includes(step))
    .flatMap((row) => filesOf(toCheckpointRef(db, row)))
    .filter((ref) => !current.has(ref.path));
}

/**
 * Ends a training step in one transaction: its metrics, its checkpoint and the step itself, which is the run's cursor.
 * Superseded files are deleted after the commit, so a kill in between leaves a stray file and loses nothing.
 */
export function createRecord({ db, artifacts, plans }: StoreDependencies) {
  return durable(async (input: RecordInput, attempt): Promise<void> => {
    const { plan } = await plans.readRun(input.plan);
    const { runId } = plan;
    const key = { runId, stage: 'record', step: input.step, attempt: attempt.number };
    const lease = beginAttempt(db, key, attempt.workerId);
    const rows = listRollouts(db, { runId, phase: 'train', step: input.step });
    const superseded = supersededFiles(db, input, plan);
    writeTransaction(db, (tx) => {
      recordCheckpoint(tx, { runId, step: input.step + 1 }, input.updated.checkpoint);
      const tokens = rows.reduce((sum, row) => sum + row.tokenCount, 0);
      const metrics = { ...measureRollouts(rows), ...input.updated.metrics };
      recordStep(tx, { runId, step: input.step, rollouts: rows.length, tokens }, metrics);
      releaseArtifacts(tx, superseded);
      finishAttempt(tx, lease);
    });
    await removeAll(artifacts, [...superseded, ...input.obsolete]);
  });
}
