import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { assertCurrentEpoch } from '../../db/queries/attempts.ts';
import { writeTransaction } from '../../db/store/connection.ts';
import { cancelUnfinishedRuns, endRun, findRun } from '../../db/queries/runs.ts';
import { formatConfig } from '../../model/network/config.ts';
import type { ArtifactRef, CheckpointRef } from '../../config/plan.ts';
import { ArtifactPathError } from '../../artifacts/artifact-errors.ts';
import { writeWhole } from '../../artifacts/artifact-files.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { durable } from '../durable.ts';
import type { RunContext } from './run-context.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

export interface CloseRunInput {
  readonly runId: string;
  readonly plan: ArtifactRef;
  /** The opening that ends; null: it ends before it was opened. */
  readonly epoch: number | null;
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** The final policy, when there is one. */
  readonly checkpoint?: CheckpointRef;
  readonly failure?: { readonly type: string; readonly message: string };
}

/** A run's directory below the policies'; its id comes from a plan that anybody with access to the server may have named. */
function policyDirectory(policiesDirectory: string, runId: string): string {
  const directory = resolve(policiesDirectory, runId);
  if (directory.startsWith(resolve(policiesDirectory) + sep)) return directory;
  throw new ArtifactPathError(
    `a policy's directory stays inside ${policiesDirectory}; found the run id ${JSON.stringify(runId.slice(0, 200))}`,
  );
}

/** Writes the final policy as a Hugging Face directory, beside first and then renamed into place. */
async function exportPolicy(
  artifacts: ArtifactStore,
  context: RunContext,
  target: { readonly directory: string; readonly checkpoint: CheckpointRef },
): Promise<void> {
  const beside = `${target.directory}.${randomUUID()}.partial`;
  const write = (name: string, bytes: Uint8Array): Promise<void> =>
    writeWhole(join(beside, name), bytes, { isDurable: true });
  const encoder = new TextEncoder();
  await write('config.json', encoder.encode(formatConfig(context.policyConfig)));
  await write('model.safetensors', await artifacts.read(target.checkpoint.weights));
  for (const [name, text] of context.tokenizer.files) await write(name, encoder.encode(text));
  await rm(target.directory, { recursive: true, force: true });
  await mkdir(dirname(target.directory), { recursive: true });
  await rename(beside, target.directory);
}

/**
 * Ends a run: its status, its failure if any, and its policy as a directory that other tools open.
 *
 * @throws {StaleAttemptError} when the run was opened again meanwhile, so that a late end does not overwrite another
 */
export function createCloseRun({ db, artifacts, plans, held, policiesDirectory }: StoreDependencies) {
  return durable(async (input: CloseRunInput): Promise<void> => {
    const { runId, epoch, status, failure = null } = input;
    held.drop(runId);
    if (input.checkpoint !== undefined) {
      const context = await plans.readRun(input.plan);
      const directory = policyDirectory(policiesDirectory, context.plan.runId);
      await exportPolicy(artifacts, context, { directory, checkpoint: input.checkpoint });
    }
    writeTransaction(db, (tx) => {
      if (epoch !== null) assertCurrentEpoch(tx, { runId, epoch });
      else if (findRun(tx, runId).status === 'completed') return;
      endRun(tx, runId, { status, failure });
    });
  });
}

/** Marks the runs that a cancelled matrix never started; those it had under way have marked themselves. */
export function createCancelPending({ db }: StoreDependencies) {
  return durable(({ experimentId }: { readonly experimentId: string }): void => {
    writeTransaction(db, (tx) => cancelUnfinishedRuns(tx, experimentId));
  });
}
