import { decodePolicy } from '../../model/checkpoints/checkpoint.ts';
import { disposePolicy, type Policy } from '../../model/network/policy.ts';
import { createProbeSubject } from '../../probes/probe-subject.ts';
import { openProbe } from '../../probes/index.ts';
import type { ProbeScore } from '../../probes/probe.ts';
import { canonicalJson } from '../../config/canonical.ts';
import type { ArtifactRef, CheckpointRef, EvaluationSplit } from '../../config/plan.ts';
import { temperatureOr } from '../../config/temperature.ts';
import { durable, type Attempt } from '../durable.ts';
import { evaluationProblems, type RunContext } from '../run/run-context.ts';
import type { TrainDependencies } from '../train-dependencies.ts';

export interface ProbeInput {
  readonly plan: ArtifactRef;
  /** Training steps behind the checkpoint. */
  readonly step: number;
  readonly probe: string;
  readonly checkpoint: CheckpointRef;
  /** The base model. */
  readonly base: CheckpointRef;
  /** What was chosen for the final evaluation; null or absent: the condition gives it. */
  readonly temperature?: number | null;
}

export interface ProbedScores {
  /** JSON: an array of `ProbeScore`. */
  readonly scores: ArtifactRef;
}

function finalProblems(context: RunContext) {
  const splits = Object.entries(context.plan.condition.evaluation.splits) as [EvaluationSplit, number][];
  return new Map(
    splits.map(([split, count]) => [split, evaluationProblems(context, { split, from: 0, to: count })]),
  );
}

function runProbe(
  context: RunContext,
  input: ProbeInput,
  loaded: { readonly policy: Policy; readonly base: Policy; readonly attempt: Attempt },
): Promise<ProbeScore[]> {
  const { policy, base, attempt } = loaded;
  const { seed, condition } = context.plan;
  const subject = createProbeSubject({
    policy,
    base,
    task: context.task,
    tasks: context.corpus.tasks,
    problems: finalProblems(context),
    maxNewTokens: context.maxNewTokens,
    temperature: input.temperature ?? temperatureOr(condition.evaluation.temperature, 1),
    surroundings: {
      probe: input.probe,
      seed,
      step: input.step,
      tokenizer: context.tokenizer,
      pause: attempt.pause,
      signal: attempt.signal,
    },
  });
  return openProbe(input.probe, condition.evaluation.probes[input.probe]).run(subject);
}

/** Runs one probe on a run's final policy; both policies are read afresh, so nothing live can be changed by it. */
export function createProbe({ artifacts, plans }: TrainDependencies) {
  return durable(async (input: ProbeInput, attempt): Promise<ProbedScores> => {
    const context = await plans.readRun(input.plan);
    const load = async ({ weights }: CheckpointRef): Promise<Policy> =>
      decodePolicy(context.policyConfig, await artifacts.read(weights));
    const loaded: Policy[] = [];
    try {
      loaded.push(await load(input.checkpoint), await load(input.base));
      const [policy, base] = loaded as [Policy, Policy];
      const scores = await runProbe(context, input, { policy, base, attempt });
      const path = `runs/${context.plan.runId}/probe-${input.step}/${input.probe}-{sha}.json`;
      return { scores: await artifacts.write(path, new TextEncoder().encode(canonicalJson(scores))) };
    } finally {
      loaded.forEach(disposePolicy);
    }
  });
}
