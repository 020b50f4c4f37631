import { recordCheckpoint, releaseArtifacts } from '../db/artifacts.ts';
import { beginAttempt, finishAttempt } from '../db/attempts.ts';
import { writeTransaction } from '../db/connection.ts';
import { listRollouts } from '../db/rollouts.ts';
import { recordStep } from '../db/steps.ts';
import type { ArtifactRef, CheckpointRef } from '../spec/plan.ts';
import { durable } from './durable.ts';
import { measureRollouts } from './rollout-metrics.ts';
import type { StoreDependencies } from './store-dependencies.ts';
import type { UpdatedPolicy } from './update.ts';

export interface RecordInput {
  readonly plan: ArtifactRef;
  readonly step: number;
  /** The checkpoint the step started from. */
  readonly checkpoint: CheckpointRef;
  readonly updated: UpdatedPolicy;
  /** Files that no one needs once the step is recorded. */
  readonly obsolete: readonly ArtifactRef[];
}

function filesOf(checkpoint: CheckpointRef): ArtifactRef[] {
  return checkpoint.trainingState === null
    ? [checkpoint.weights]
    : [checkpoint.weights, checkpoint.trainingState];
}

/** The superseded checkpoint's files, unless they are the base model's or the plan keeps this step. */
function supersededFiles(input: RecordInput, checkpointEvery: number): ArtifactRef[] {
  const isBase = input.step === 0;
  const isKept = checkpointEvery > 0 && input.step % checkpointEvery === 0;
  const current = new Set(filesOf(input.updated.checkpoint).map((ref) => ref.path));
  return isBase || isKept ? [] : filesOf(input.checkpoint).filter((ref) => !current.has(ref.path));
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
    const superseded = supersededFiles(input, plan.condition.training.checkpointEvery);
    writeTransaction(db, (tx) => {
      recordCheckpoint(tx, { runId, step: input.step + 1 }, input.updated.checkpoint);
      const tokens = rows.reduce((sum, row) => sum + row.tokenCount, 0);
      const metrics = { ...measureRollouts(rows), ...input.updated.metrics };
      recordStep(tx, { runId, step: input.step, rollouts: rows.length, tokens }, metrics);
      releaseArtifacts(tx, superseded);
      finishAttempt(tx, lease);
    });
    for (const ref of [...superseded, ...input.obsolete]) await artifacts.remove(ref);
  });
}
