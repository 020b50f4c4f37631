import { findBaseModel, recordBaseModel } from '../db/base-models.ts';
import { canonicalJson } from '../spec/canonical.ts';
import type { ArtifactRef, CheckpointRef } from '../spec/plan.ts';
import { countLeaks } from './corpus.ts';
import { durable } from './durable.ts';
import { openSubstrate } from './run-context.ts';
import type { StoreDependencies } from './store-dependencies.ts';

/** Whether a base model is made and its weights are whole. */
export function createFindBaseModel({ db, artifacts }: StoreDependencies) {
  return durable(async ({ baseModelId }: { readonly baseModelId: string }): Promise<boolean> => {
    const found = findBaseModel(db, baseModelId);
    if (found === null) return false;
    await artifacts.read(found.weights);
    return true;
  });
}

export interface RecordBaseModelInput {
  readonly baseModelId: string;
  readonly plan: ArtifactRef;
  readonly checkpoint: CheckpointRef;
  /** One per durable chunk of pretraining. */
  readonly chunks: readonly { readonly loss: number; readonly tokens: number }[];
}

/** Records a pretrained base model with what leaked into its corpus, and how often. */
export function createRecordBaseModel({ db, plans }: StoreDependencies) {
  return durable(async (input: RecordBaseModelInput): Promise<void> => {
    const plan = await plans.readBaseModel(input.plan);
    recordBaseModel(db, {
      id: input.baseModelId,
      name: plan.recipe.name,
      plan: canonicalJson(plan),
      weights: input.checkpoint.weights,
      leak: canonicalJson(countLeaks(plan.recipe, openSubstrate(plan))),
      tokens: input.chunks.reduce((sum, chunk) => sum + chunk.tokens, 0),
      losses: canonicalJson(input.chunks.map((chunk) => chunk.loss)),
    });
  });
}
