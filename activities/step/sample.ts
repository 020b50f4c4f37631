import { deriveStream } from '../../random/streams.ts';
import { sampleCompletions } from '../../model/decoding/sampler.ts';
import { openScheme } from '../../schemes/open-scheme.ts';
import type { ArtifactRef, CheckpointRef, EvaluationSlice } from '../../config/plan.ts';
import type { Problem } from '../../tasks/problem.ts';
import { durable, type Attempt } from '../durable.ts';
import { recordSignals, type StepModels } from './record-signals.ts';
import { encodeRollouts } from './rollout-file.ts';
import { evaluationProblems, trainProblems, type RunContext } from '../run/run-context.ts';
import type { ComputedBy, TrainDependencies } from '../train-dependencies.ts';

export interface SampledRollouts {
  readonly rollouts: ArtifactRef;
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
  const rows = order.problems.flatMap((problem, i) =>
    Array.from({ length: order.samplesPerProblem }, (_, sample) => ({
      prompt: Int32Array.from(tokenizer.encode(problem.prompt)),
      counters: { problem: order.firstProblem + i, sample },
    })),
  );
  const policy = await dependencies.policies.borrow(order.checkpoint, context.policyConfig);
  const rollouts = await sampleCompletions({
    policy,
    prompts: rows.map((row) => row.prompt),
    counters: rows.map((row) => row.counters),
    stream: deriveStream(context.plan.seed, order.stream),
    step: order.step,
    maxNewTokens: context.maxNewTokens,
    temperature: order.temperature,
    endId: tokenizer.endId,
    padId: tokenizer.padId,
    recordsDisparities: order.recordsDisparities,
    onYield: order.attempt.pause,
    signal: order.attempt.signal,
  });
  const { models } = order;
  const recorded =
    models === null ? rollouts : await recordSignals(dependencies.policies, context, { rollouts, models });
  const ref = await dependencies.artifacts.write(order.path, encodeRollouts(recorded));
  const { workerQueue, computedBy } = dependencies;
  const tokens = rollouts.completionLengths.reduce((sum, length) => sum + length, 0);
  return { rollouts: ref, tokens, workerQueue, computedBy };
}

export interface SampleInput {
  readonly plan: ArtifactRef;
  readonly step: number;
  readonly round: number;
  readonly models: StepModels;
}

/** Samples groupSize rollouts for each prompt of a training step from the policy. */
export function createSample(dependencies: TrainDependencies) {
  return durable(async (input: SampleInput, attempt): Promise<SampledRollouts> => {
    const context = await dependencies.plans.readRun(input.plan);
    const { training, scheme } = context.plan.condition;
    return sampleProblems(dependencies, context, {
      problems: trainProblems(context, input),
      firstProblem: input.round * training.promptsPerStep,
      samplesPerProblem: training.groupSize,
      temperature: training.temperature,
      stream: 'sample',
      step: input.step,
      recordsDisparities: openScheme(scheme).needs.has('disparities'),
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

/** Samples n completions for each problem of an evaluation slice. */
export function createSampleEvaluation(dependencies: TrainDependencies) {
  return durable(async (input: SampleEvaluationInput, attempt): Promise<SampledRollouts> => {
    const context = await dependencies.plans.readRun(input.plan);
    const { slice, step } = input;
    return sampleProblems(dependencies, context, {
      problems: evaluationProblems(context, slice),
      firstProblem: slice.from,
      samplesPerProblem: slice.samplesPerProblem,
      temperature: context.plan.condition.evaluation.temperature,
      stream: `evaluate/${slice.split}`,
      step,
      recordsDisparities: false,
      checkpoint: input.checkpoint,
      attempt,
      models: null,
      path: `runs/${context.plan.runId}/evaluation-${step}/${slice.split}-${slice.from}-{sha}.safetensors`,
    });
  });
}
