import { findBaseModel, recordBaseModel, type BaseModel } from '../../db/queries/base-models.ts';
import { canonicalJson } from '../../config/canonical.ts';
import type { ArtifactRef, CheckpointRef } from '../../config/plan.ts';
import { countLeaks } from '../../corpora/corpus.ts';
import { hashCorpus } from './corpus.ts';
import { durable } from '../durable.ts';
import type { PretrainedChunk } from './pretrain.ts';
import { openSubstrate, readBaseModelPlan } from '../run/run-context.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

/** The program writes another corpus for the same recipe than when the base model was made: its past is not what it says. */
export class CorpusMismatchError extends Error {
  override readonly name = 'CorpusMismatchError';
}

function assertSameCorpus(found: BaseModel): void {
  if (found.corpusSha256 === null) return;
  const corpus = hashCorpus(openSubstrate(readBaseModelPlan(JSON.parse(found.plan))));
  if (corpus === found.corpusSha256) return;
  throw new CorpusMismatchError(
    `base model ${found.id.slice(0, 16)} (${found.name}) was made from corpus ${found.corpusSha256.slice(0, 16)}, but its recipe ` +
      `now gives corpus ${corpus.slice(0, 16)}: the task's program has changed. Use another home, or another base.seed`,
  );
}

/** Whether a base model is made, of the corpus its recipe says, and its weights are whole. */
export function createFindBaseModel({ db, artifacts }: StoreDependencies) {
  return durable(async ({ baseModelId }: { readonly baseModelId: string }): Promise<boolean> => {
    const found = findBaseModel(db, baseModelId);
    if (found === null) return false;
    assertSameCorpus(found);
    await artifacts.read(found.weights);
    return true;
  });
}

export interface RecordBaseModelInput {
  readonly baseModelId: string;
  readonly plan: ArtifactRef;
  readonly checkpoint: CheckpointRef;
  /** One per durable chunk of pretraining. */
  readonly chunks: readonly Omit<PretrainedChunk, 'checkpoint'>[];
}

/** What making it took; null where a chunk is of a program that did not count. */
function sumFlops(chunks: RecordBaseModelInput['chunks']): number | null {
  const counted = chunks.flatMap(({ flops }) => flops ?? []);
  return counted.length < chunks.length ? null : counted.reduce((sum, flops) => sum + flops, 0);
}

/** Records a pretrained base model with what leaked into its corpus, and how often. */
export function createRecordBaseModel({ db, plans }: StoreDependencies) {
  return durable(async (input: RecordBaseModelInput): Promise<void> => {
    const plan = await plans.readBaseModel(input.plan);
    const substrate = openSubstrate(plan);
    recordBaseModel(db, {
      id: input.baseModelId,
      name: plan.recipe.name,
      plan: canonicalJson(plan),
      weights: input.checkpoint.weights,
      leak: canonicalJson(countLeaks(substrate.corpus)),
      corpusSha256: hashCorpus(substrate),
      tokens: input.chunks.reduce((sum, chunk) => sum + chunk.tokens, 0),
      flops: sumFlops(input.chunks),
      losses: canonicalJson(input.chunks.map((chunk) => chunk.loss)),
    });
  });
}
