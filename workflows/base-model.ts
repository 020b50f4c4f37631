import { defineQuery, setHandler } from '@temporalio/workflow';
import type { PretrainedChunk } from '../activities/pretrain.ts';
import type { BaseModelInput, CheckpointRef } from '../spec/plan.ts';
import { store, train } from './activity-proxies.ts';

export const baseModelProgressQuery = defineQuery<{ step: number; totalSteps: number }>('progress');

/** Pretrains one base model in durable chunks of steps and records it; one that is recorded already is left alone. */
export async function baseModelWorkflow(input: BaseModelInput): Promise<void> {
  const { baseModelId, plan, totalSteps, chunkSteps } = input;
  let done = 0;
  setHandler(baseModelProgressQuery, () => ({ step: done, totalSteps }));
  if (await store.findBaseModel({ baseModelId })) return;
  let checkpoint: CheckpointRef | null = null;
  const chunks: { loss: number; tokens: number }[] = [];
  for (let fromStep = 0; fromStep < totalSteps; fromStep += chunkSteps) {
    const toStep = Math.min(totalSteps, fromStep + chunkSteps);
    const chunk: PretrainedChunk = await train.pretrain({
      baseModelId,
      plan,
      fromStep,
      toStep,
      checkpoint,
    });
    done = toStep;
    checkpoint = chunk.checkpoint;
    chunks.push({ loss: chunk.loss, tokens: chunk.tokens });
  }
  if (checkpoint === null) throw new Error(`base model ${baseModelId} has no pretraining steps`);
  await store.recordBaseModel({ baseModelId, plan, checkpoint, chunks });
}
