import { deriveStream } from '../../random/streams.ts';
import { countSampled } from '../../rollouts/count-pass.ts';
import { shapes } from '../../rollouts/shapes/index.ts';
import type { OpenScheme } from '../../schemes/open-scheme.ts';
import {
  nameSampled,
  type ArtifactRef,
  type CheckpointRef,
  type EvaluationSlice,
} from '../../config/plan.ts';
import { temperatureOr } from '../../config/temperature.ts';
import type { Problem } from '../../tasks/problem.ts';
import { durable, type Attempt } from '../durable.ts';
import { recordSignals, type StepModels } from './record-signals.ts';
import { encodeRollouts } from './rollout-file.ts';
import { sampleShape } from './sample-shape.ts';
import { evaluationProblems, trainProblems, type RunContext } from '../run/run-context.ts';
import type { ComputedBy, TrainDependencies } from '../train-dependencies.ts';

export interface SampledRollouts {
  readonly rollouts: ArtifactRef;
  /** Sampled ones: those that rollouts share count once. */
  readonly tokens: number;
  /** Where the policy is warm now. */
  readonly workerQueue: string;
  /** Absent in histories older than chains of runs. */
  readonly computedBy?: ComputedBy;
}

interface SampleOrder {
  readonly problems: readonly Problem[];
  /** Counter of the first problem; problem i draws at firstProblem + i. */
  readonly firstProblem: number;
  readonly shape: OpenScheme['rollouts'];
  readonly samplesPerProblem: number;
  readonly temperature: number;
  readonly stream: string;
  readonly step: number;
  readonly recordsDisparities: boolean;
}

async function sampleProblems(
  dependencies: TrainDependencies,
  context: RunContext,
  order: SampleOrder & {
    readonly checkpoint: CheckpointRef;
    readonly attempt: Attempt;
    readonly path: string;
    /** What scores the rollouts; null when nothing will be learned from them. */
    readonly models: StepModels | null;
  },
): Promise<SampledRollouts> {
  const { tokenizer } = context;
  const { seed } = context.plan;
  const prompts = order.problems.map(
    ({ prompt }, i) => [order.firstProblem + i, Int32Array.from(tokenizer.encode(prompt))] as const,
  );
  const policy = await dependencies.policies.borrow(order.checkpoint, context.policyConfig);
  const rollouts = await sampleShape({
    ...{ shape: order.shape, prompts: new Map(prompts), groupSize: order.samplesPerProblem, seed },
    sampling: {
      policy,
      stream: deriveStream(seed, order.stream),
      step: order.step,
      maxNewTokens: context.maxNewTokens,
      temperature: order.temperature,
      endId: tokenizer.endId,
      padId: tokenizer.padId,
      recordsDisparities: order.recordsDisparities,
      onYield: order.attempt.pause,
      signal: order.attempt.signal,
    },
  });
  const { models } = order;
  const recorded =
    models === null ? rollouts : await recordSignals(dependencies.policies, context, { rollouts, models });
  const ref = await dependencies.artifacts.write(order.path, encodeRollouts(recorded));
  const { workerQueue, computedBy } = dependencies;
  return { rollouts: ref, tokens: countSampled(rollouts), workerQueue, computedBy };
}

export interface SampleInput {
  readonly plan: ArtifactRef;
  readonly step: number;
  readonly round: number;
  readonly models: StepModels;
}

/** Samples groupSize rollouts for each prompt of a training step from the policy, in the shape that the scheme wants. */
export function createSample(dependencies: TrainDependencies) {
  return durable(async (input: SampleInput, attempt): Promise<SampledRollouts> => {
    const context = await dependencies.plans.readRun(input.plan);
    const { training } = context.plan.condition;
    const { rollouts: shape, needs } = context.scheme;
    return sampleProblems(dependencies, context, {
      problems: trainProblems(context, input),
      firstProblem: input.round * training.promptsPerStep,
      shape,
      samplesPerProblem: training.groupSize,
      temperature: training.temperature,
      stream: 'sample',
      step: input.step,
      recordsDisparities: needs.has('disparities'),
      checkpoint: input.models.policy,
      attempt,
      models: input.models,
      path: `runs/${context.plan.runId}/step-${input.step}/rollouts-${input.round}-{sha}.safetensors`,
    });
  });
}

export interface SampleEvaluationInput {
  readonly plan: ArtifactRef;
  /** Training steps behind the checkpoint. */
  readonly step: number;
  readonly checkpoint: CheckpointRef;
  readonly slice: EvaluationSlice;
}

/** What is chosen for the final evaluation comes with its slices; those on the way are then sampled as in training. */
function sliceTemperature({ plan }: RunContext, { temperature }: EvaluationSlice): number {
  const { evaluation, training } = plan.condition;
  return temperature ?? temperatureOr(evaluation.temperature, training.temperature);
}

/** Samples n completions for each problem of an evaluation slice. */
export function createSampleEvaluation(dependencies: TrainDependencies) {
  return durable(async (input: SampleEvaluationInput, attempt): Promise<SampledRollouts> => {
    const context = await dependencies.plans.readRun(input.plan);
    const { slice, step } = input;
    return sampleProblems(dependencies, context, {
      problems: evaluationProblems(context, slice),
      firstProblem: slice.from,
      shape: shapes.open('independent'),
      samplesPerProblem: slice.samplesPerProblem,
      temperature: sliceTemperature(context, slice),
      // One stream at every temperature of a grid: they are compared on common random numbers.
      stream: `evaluate/${slice.split}`,
      step,
      recordsDisparities: false,
      checkpoint: input.checkpoint,
      attempt,
      models: null,
      path: `runs/${context.plan.runId}/evaluation-${step}/${nameSampled(slice)}-${slice.from}-{sha}.safetensors`,
    });
  });
}
