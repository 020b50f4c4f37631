import type { ConditionOverrides, Experiment } from './experiment.ts';
import { isSettings, mergeSettings, type Settings } from './merge.ts';

/** A condition's name and its merged, not yet validated settings {task, base, scheme, training, evaluation}. */
export interface ExpandedCondition {
  readonly name: string;
  readonly isControl: boolean;
  readonly settings: Settings;
}

interface Variant {
  readonly name: string;
  readonly isControl: boolean;
  readonly overrides: readonly ConditionOverrides[];
}

function toSchemeSettings(scheme: ConditionOverrides['scheme']): Settings {
  return typeof scheme === 'string' ? { name: scheme } : { ...scheme };
}

/** Naming another scheme starts from that scheme, so what the default scheme overrode no longer applies. */
function mergeScheme(current: unknown, overrides: ConditionOverrides['scheme']): Settings {
  const next = toSchemeSettings(overrides);
  const renames = next['name'] !== undefined && isSettings(current) && next['name'] !== current['name'];
  return renames || !isSettings(current) ? next : mergeSettings(current, next);
}

function applyOverrides(settings: Settings, overrides: ConditionOverrides): Settings {
  const { scheme, ...others } = overrides;
  const merged = mergeSettings(settings, others);
  return scheme === undefined ? merged : { ...merged, scheme: mergeScheme(settings['scheme'], scheme) };
}

function crossAxes(variants: readonly Variant[], axes: Experiment['axes']): Variant[] {
  return Object.values(axes).reduce<Variant[]>(
    (current, labels) =>
      current.flatMap((variant) =>
        Object.entries(labels).map(([label, overrides]) => ({
          name: `${variant.name}/${label}`,
          isControl: variant.isControl,
          overrides: [overrides, ...variant.overrides],
        })),
      ),
    [...variants],
  );
}

const CONTROL_SCHEMES: Record<Experiment['controls'][number], string> = {
  base: 'base',
  'random-reward': 'random-reward',
  'format-only': 'format-only',
  'ground-truth': 'grpo',
};

/** Every condition of the matrix, in declaration order: controls first, then conditions, each crossed with the axes. */
export function expandConditions(experiment: Experiment): ExpandedCondition[] {
  const controls = experiment.controls
    .filter((name) => experiment.conditions[name] === undefined)
    .map((name) => ({ name, isControl: true, overrides: [{ scheme: CONTROL_SCHEMES[name] }] }));
  const declared = Object.entries(experiment.conditions).map(([name, overrides]) => ({
    name,
    isControl: false,
    overrides: [overrides],
  }));
  const defaults: Settings = {
    task: experiment.task,
    base: experiment.base,
    scheme: toSchemeSettings(experiment.scheme),
    training: experiment.training,
    evaluation: experiment.evaluation,
    teacher: experiment.teacher,
  };
  return crossAxes([...controls, ...declared], experiment.axes).map(({ name, isControl, overrides }) => ({
    name,
    isControl,
    settings: overrides.reduce(applyOverrides, defaults),
  }));
}

/** The seeds a declaration means: `3` is 0, 1, 2, or from `first` on. */
export function expandSeeds(seeds: Experiment['seeds'], first = 0): number[] {
  return typeof seeds === 'number' ? Array.from({ length: seeds }, (_, i) => first + i) : [...new Set(seeds)];
}
