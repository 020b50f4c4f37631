import { z } from 'zod';
import type { EvaluationSplit } from '../config/plan.ts';
import { meanAccuracy } from './accuracy.ts';
import { layerHalves, singleLayers, type LayerGroup } from './layer-groups.ts';
import type { Probe, ProbedPolicy, ProbeScore, ProbeSubject } from './probe.ts';
import { measureSplits, samplesOption, splitsOption, temperatureOption } from './split-options.ts';

const optionsSchema = z.strictObject({
  splits: splitsOption('clean'),
  samplesPerProblem: samplesOption(),
  temperature: temperatureOption(),
  restores: z
    .array(z.enum(['lower', 'upper', 'each']))
    .min(1)
    .default(['lower', 'upper'])
    .describe(
      "Layers that get the base's weights back, one after the other: the lower half, the upper half, each single layer.",
    ),
});

type RestoreOptions = z.infer<typeof optionsSchema>;

function groupsOf({ restores }: RestoreOptions, layers: number): LayerGroup[] {
  const { lower, upper } = layerHalves(layers);
  return [
    ...(restores.includes('lower') ? [lower] : []),
    ...(restores.includes('upper') ? [upper] : []),
    ...(restores.includes('each') ? singleLayers(layers) : []),
  ];
}

/** Sampled accuracy per problem; the same draws for every policy. */
async function measureAccuracy(
  subject: ProbeSubject,
  policy: ProbedPolicy,
  at: { readonly split: EvaluationSplit; readonly options: RestoreOptions },
): Promise<(number | null)[]> {
  const problems = subject.problems(at.split);
  const completions = await policy.complete({
    split: at.split,
    prompts: problems.map(({ prompt }) => prompt),
    samples: at.options.samplesPerProblem,
    temperature: at.options.temperature,
    maxNewTokens: subject.maxNewTokens,
  });
  const task = subject.taskOf(at.split);
  return problems.map((problem, i) => meanAccuracy(task, problem, completions[i]!));
}

function difference(whole: number | null, restored: number | null): number | null {
  return whole === null || restored === null ? null : whole - restored;
}

function toScores(metric: string, split: EvaluationSplit, values: readonly (number | null)[]): ProbeScore[] {
  return values.flatMap((value, problemIndex) =>
    value === null ? [] : [{ metric, split, problemIndex, value }],
  );
}

async function probeSplit(
  subject: ProbeSubject,
  options: RestoreOptions,
  split: EvaluationSplit,
): Promise<ProbeScore[]> {
  const at = { split, options };
  const whole = await measureAccuracy(subject, subject.policy, at);
  const scores = toScores('accuracy', split, whole);
  const names = [...subject.policy.parameters().keys()];
  for (const group of groupsOf(options, subject.layers)) {
    const restored = await subject.withRestored(new Set(names.filter(group.has)), (policy) =>
      measureAccuracy(subject, policy, at),
    );
    const drops = restored.map((value, i) => difference(whole[i]!, value));
    scores.push(...toScores(`accuracy_restored_${group.name}`, split, restored));
    scores.push(...toScores(`drop_restored_${group.name}`, split, drops));
  }
  return scores;
}

/**
 * Where what was learned sits: some layers get the base's weights back, the others keep theirs, and sampled accuracy is
 * measured again with the same draws. What it loses (the drop) is what those layers had learned for that split.
 */
export const layerRestore: Probe<RestoreOptions> = {
  name: 'layer-restore',
  source: 'arXiv 2507.18178',
  optionsSchema,
  metrics: (options, { layers }) => {
    const restored = groupsOf(options, layers).flatMap(({ name }) => [
      `accuracy_restored_${name}`,
      `drop_restored_${name}`,
    ]);
    return ['accuracy', ...restored].map((name) => ({ name, splits: options.splits, isPerProblem: true }));
  },
  run: (subject, options) => measureSplits(options.splits, (split) => probeSplit(subject, options, split)),
};
