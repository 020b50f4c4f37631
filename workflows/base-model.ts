import { continueAsNew, defineQuery, setHandler, workflowInfo } from '@temporalio/workflow';
import type { BaseModelInput, CheckpointRef } from '../config/plan.ts';
import type { PretrainedChunk } from '../activities/base/pretrain.ts';
import { store, train } from './activity-proxies.ts';
import { installPauseControls } from './run-controls.ts';

export const baseModelProgressQuery = defineQuery<{ step: number; totalSteps: number }>('progress');

/** What earlier histories of the same pretraining did. */
export interface PretrainedSoFar {
  readonly step: number;
  readonly checkpoint: CheckpointRef;
  readonly chunks: readonly Omit<PretrainedChunk, 'checkpoint'>[];
  readonly isPaused: boolean;
}

/**
 * Pretrains one base model in durable chunks of steps and records it; one that is recorded already is left alone. Paused,
 * it ends its chunk and begins none.
 */
export async function baseModelWorkflow(input: BaseModelInput, before?: PretrainedSoFar): Promise<void> {
  const { baseModelId, plan, totalSteps, chunkSteps } = input;
  let done = before?.step ?? 0;
  let checkpoint = before?.checkpoint ?? null;
  const controls = installPauseControls(before?.isPaused ?? false);
  const chunks = [...(before?.chunks ?? [])];
  setHandler(baseModelProgressQuery, () => ({ step: done, totalSteps }));
  const isMade = (): Promise<boolean> => store.findBaseModel({ baseModelId });
  if (before === undefined && (await controls.withResources(isMade))) return;
  while (done < totalSteps) {
    await controls.untilResumed();
    const toStep = Math.min(totalSteps, done + chunkSteps);
    const from = { fromStep: done, checkpoint };
    const made = await controls.withResources(() => train().pretrain({ baseModelId, plan, ...from, toStep }));
    done = toStep;
    const { checkpoint: reached, ...chunk } = made;
    checkpoint = reached;
    chunks.push(chunk);
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof baseModelWorkflow>(input, {
        step: done,
        checkpoint,
        chunks,
        isPaused: controls.isPaused(),
      });
  }
  if (checkpoint === null) throw new Error(`base model ${baseModelId} has no pretraining steps`);
  const made = { baseModelId, plan, checkpoint, chunks };
  await controls.withResources(() => store.recordBaseModel(made));
}
