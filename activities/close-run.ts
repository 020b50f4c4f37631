import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeTransaction } from '../db/connection.ts';
import { cancelUnfinishedRuns, endRun } from '../db/runs.ts';
import { formatConfig } from '../model/config.ts';
import type { ArtifactRef, CheckpointRef } from '../spec/plan.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { durable } from './durable.ts';
import type { RunContext } from './run-context.ts';
import type { StoreDependencies } from './store-dependencies.ts';

export interface CloseRunInput {
  readonly runId: string;
  readonly plan: ArtifactRef;
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** The final policy, when there is one. */
  readonly checkpoint?: CheckpointRef;
  readonly failure?: { readonly type: string; readonly message: string };
}

/** Writes the final policy as a Hugging Face directory, beside first and then renamed into place. */
async function exportPolicy(
  artifacts: ArtifactStore,
  context: RunContext,
  target: { readonly directory: string; readonly checkpoint: CheckpointRef },
): Promise<void> {
  const beside = `${target.directory}.${process.pid}.partial`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true });
  await writeFile(join(beside, 'config.json'), formatConfig(context.policyConfig));
  await writeFile(join(beside, 'model.safetensors'), await artifacts.read(target.checkpoint.weights));
  for (const [name, text] of context.tokenizer.files) await writeFile(join(beside, name), text);
  await rm(target.directory, { recursive: true, force: true });
  await mkdir(dirname(target.directory), { recursive: true });
  await rename(beside, target.directory);
}

/** Ends a run: its status, its failure if any, and its policy as a directory that other tools open. */
export function createCloseRun({ db, artifacts, plans, policiesDirectory }: StoreDependencies) {
  return durable(async (input: CloseRunInput): Promise<void> => {
    if (input.checkpoint !== undefined) {
      const context = await plans.readRun(input.plan);
      const directory = join(policiesDirectory, input.runId);
      await exportPolicy(artifacts, context, { directory, checkpoint: input.checkpoint });
    }
    writeTransaction(db, (tx) =>
      endRun(tx, input.runId, { status: input.status, failure: input.failure ?? null }),
    );
  });
}

/** Marks the runs that a cancelled matrix never started; those it had under way have marked themselves. */
export function createCancelPending({ db }: StoreDependencies) {
  return durable(({ experimentId }: { readonly experimentId: string }): void => {
    writeTransaction(db, (tx) => cancelUnfinishedRuns(tx, experimentId));
  });
}
