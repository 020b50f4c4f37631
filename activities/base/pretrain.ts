import { createMoments } from '../../learning/optimizer/adamw.ts';
import { learningRateAt, toSchedule } from '../../learning/optimizer/learning-rate.ts';
import { pretrainStep } from '../../learning/pretrain-step.ts';
import { countGradientFlops } from '../../model/flops.ts';
import { createPolicy } from '../../model/network/policy.ts';
import { addPass, countRollout, noPass, type PassCount } from '../../rollouts/count-pass.ts';
import type { BaseRecipe } from '../../config/base-recipe.ts';
import type { ArtifactRef, CheckpointRef } from '../../config/plan.ts';
import type { OptimizerPlan } from '../../config/training.ts';
import { placeOfStep } from '../../corpora/stages.ts';
import { corpusDocuments } from './corpus.ts';
import { durable } from '../durable.ts';
import { releaseLivePolicy, type LivePolicy } from '../step/live-policies.ts';
import { openSubstrate, type Substrate } from '../run/run-context.ts';
import type { TrainDependencies } from '../train-dependencies.ts';

export interface PretrainInput {
  readonly baseModelId: string;
  readonly plan: ArtifactRef;
  readonly fromStep: number;
  readonly toStep: number;
  /** Null before the first step. */
  readonly checkpoint: CheckpointRef | null;
}

export interface PretrainedChunk {
  readonly checkpoint: CheckpointRef;
  /** Mean next-token loss over the chunk's steps, nats. */
  readonly loss: number;
  readonly tokens: number;
  /** Forward and backward; absent in histories older than it. */
  readonly flops?: number;
}

/** The schedule of the stage a step belongs to, and the step's place in it. */
function scheduleOf(recipe: BaseRecipe, step: number): { plan: OptimizerPlan; at: number; total: number } {
  const { stage, at, steps: total } = placeOfStep(recipe, step);
  if (stage === null) return { plan: recipe.optimizer, at, total };
  const { learningRate } = recipe.stages[stage]!;
  const plan = {
    ...recipe.optimizer,
    learningRate,
    schedule: 'linear',
    warmupSteps: 0,
    finalFraction: 0,
  } as const;
  return { plan, at, total };
}

/** Every token of a document is read but its last. */
function countDocuments(documents: readonly Int32Array[]): PassCount {
  return documents.map(({ length }) => countRollout(1, length - 1)).reduce(addPass, noPass);
}

async function openLive(
  dependencies: TrainDependencies,
  input: PretrainInput,
  from: { readonly recipe: BaseRecipe; readonly substrate: Substrate },
): Promise<LivePolicy> {
  const { policyConfig } = from.substrate;
  if (input.checkpoint !== null) return dependencies.policies.take(input.checkpoint, policyConfig);
  const policy = createPolicy(policyConfig, from.recipe.seed, from.recipe.architecture.initializerRange);
  return { policy, moments: createMoments(policy), critic: null };
}

/** Pretraining steps [fromStep, toStep) of a base model; the chunk's checkpoint is the durable outcome. */
export function createPretrain(dependencies: TrainDependencies) {
  return durable(async (input: PretrainInput, attempt): Promise<PretrainedChunk> => {
    const plan = await dependencies.plans.readBaseModel(input.plan);
    const substrate = openSubstrate(plan);
    const live = await openLive(dependencies, input, { recipe: plan.recipe, substrate });
    let lossSum = 0;
    let tokens = 0;
    let flops = 0;
    try {
      for (let step = input.fromStep; step < input.toStep; step += 1) {
        const { plan: optimizer, at, total } = scheduleOf(plan.recipe, step);
        const documents = corpusDocuments(substrate, step);
        const { loss } = pretrainStep({
          policy: live.policy,
          moments: live.moments,
          documents,
          padId: substrate.tokenizer.padId,
          optimizer,
          learningRate: learningRateAt(toSchedule(optimizer, total), at),
        });
        lossSum += loss;
        tokens += documents.reduce((sum, document) => sum + document.length, 0);
        flops += countGradientFlops(substrate.policyConfig, countDocuments(documents));
        await attempt.pause();
      }
      const checkpoint = await dependencies.policies.keep(
        live,
        (part) => `bases/${input.baseModelId.slice(0, 16)}/step-${input.toStep}/${part}-{sha}.safetensors`,
      );
      return { checkpoint, loss: lossSum / (input.toStep - input.fromStep), tokens, flops };
    } catch (error) {
      releaseLivePolicy(live);
      throw error;
    }
  });
}
