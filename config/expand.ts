import type { ConditionOverrides, Experiment } from './experiment.ts';
import { InvalidSpecError } from './invalid-spec-error.ts';
import { isSettings, mergeSettings, type Settings } from './merge.ts';

/** Settings that the declaration writes at one place, or a control brings. */
export interface SettingsLayer {
  /** Empty for the experiment's own defaults, otherwise e.g. `axes.length.short`. */
  readonly place: string;
  readonly settings: Settings;
}

/** A condition's name and its merged, not yet validated settings {task, base, scheme, training, evaluation} and links to other runs. */
export interface ExpandedCondition {
  readonly name: string;
  /** The labels of its axes, as they end its name: `/leaked`; empty where there are none. */
  readonly cell: string;
  readonly isControl: boolean;
  readonly settings: Settings;
  /** What was merged, later ones over earlier ones; the last is the condition's own. */
  readonly layers: readonly SettingsLayer[];
}

interface Variant {
  readonly name: string;
  readonly cell: string;
  readonly isControl: boolean;
  readonly overrides: readonly ConditionOverrides[];
  /** Where each of `overrides` stands. */
  readonly places: readonly string[];
}

type Named = string | Readonly<Settings> | null | undefined;

/** A bare name stands for settings that only say it: `key` is `name` for schemes, `recipe` for base models, `family` for tasks. */
function toNamedSettings(named: Named, key: string): Settings {
  return typeof named === 'string' ? { [key]: named } : { ...named };
}

/** Naming another one starts from that one, so what overrode the former no longer applies. */
function mergeNamed(current: unknown, overrides: Named, key: string): Settings {
  const next = toNamedSettings(overrides, key);
  const renames = next[key] !== undefined && isSettings(current) && next[key] !== current[key];
  return renames || !isSettings(current) ? next : mergeSettings(current, next);
}

function applyOverrides(settings: Settings, overrides: ConditionOverrides): Settings {
  const { scheme, base, task, models, data, collect, only: _, ...others } = overrides;
  const merged = mergeSettings(settings, others);
  // Each says one thing as a whole; half of one laid over half of another would say a third.
  for (const [key, link] of Object.entries({ models, data, collect }))
    if (link !== undefined) merged[key] = link;
  if (scheme !== undefined) merged['scheme'] = mergeNamed(settings['scheme'], scheme, 'name');
  if (task !== undefined) merged['task'] = mergeNamed(settings['task'], task, 'family');
  if (base !== undefined) merged['base'] = mergeNamed(settings['base'], base, 'recipe');
  return merged;
}

/** Refuses labels that a condition asks for and no axis has. */
function refuseUnknownLabels({ conditions, axes }: Experiment): void {
  for (const [axis, labels] of Object.entries(axes))
    for (const [label, { only }] of Object.entries(labels))
      if (only !== undefined)
        throw new InvalidSpecError(
          `axes.${axis}.${label}.only: a condition says which labels it is crossed with; move it there`,
        );
  for (const [name, { only = {} }] of Object.entries(conditions))
    for (const [axis, asked] of Object.entries(only)) {
      const known = Object.keys(axes[axis] ?? {});
      const unknown = asked.find((label) => !known.includes(label));
      if (unknown !== undefined)
        throw new InvalidSpecError(
          `conditions.${name}.only.${axis}: found "${unknown}", expected labels of an axis: ` +
            (known.length === 0
              ? `the axes are ${Object.keys(axes).join(', ') || 'none'}`
              : known.join(', ')),
        );
    }
}

function crossAxes(variants: readonly Variant[], axes: Experiment['axes']): Variant[] {
  return Object.entries(axes).reduce<Variant[]>(
    (current, [axis, labels]) =>
      current.flatMap((variant) => {
        const only = variant.overrides.at(-1)!.only?.[axis];
        return Object.entries(labels)
          .filter(([label]) => only === undefined || only.includes(label))
          .map(([label, overrides]) => ({
            name: `${variant.name}/${label}`,
            cell: `${variant.cell}/${label}`,
            isControl: variant.isControl,
            overrides: [overrides, ...variant.overrides],
            places: [`axes.${axis}.${label}`, ...variant.places],
          }));
      }),
    [...variants],
  );
}

/** What names the settings of a kind; naming another one drops what overrode the former. */
const NAMING_KEYS = { scheme: 'name', base: 'recipe', task: 'family' } as const;

/** @throws {InvalidSpecError} when a condition names what an axis only changes, so that the change would be lost without a word */
function refuseLostOverrides({ name, isControl, overrides }: Variant, defaults: Settings): void {
  if (isControl) return;
  const own = overrides.at(-1)!;
  for (const [kind, key] of Object.entries(NAMING_KEYS) as ['scheme' | 'base' | 'task', string][]) {
    const named = toNamedSettings(own[kind], key)[key];
    if (named === undefined || named === (defaults[kind] as Settings)[key]) continue;
    const isLost = overrides.slice(0, -1).some((axis) => {
      const changes = toNamedSettings(axis[kind], key);
      return axis[kind] !== undefined && changes[key] === undefined;
    });
    if (!isLost) continue;
    throw new InvalidSpecError(
      `conditions.${name}.${kind}: it names "${String(named)}" itself, so what an axis changes of its ${kind} would be lost; ` +
        `let the axis name it too, or make it the experiment's ${kind}`,
    );
  }
}

const CONTROLS: Record<Experiment['controls'][number], ConditionOverrides> = {
  base: { scheme: 'base' },
  'base-best-temperature': {
    scheme: 'base',
    evaluation: { temperature: { best: [0.3, 0.5, 0.7, 1] } },
  },
  'base-greedy': { scheme: 'base', evaluation: { temperature: 0 } },
  'random-reward': { scheme: 'random-reward' },
  'format-only': { scheme: 'format-only' },
  'ground-truth': { scheme: 'grpo' },
};

/** Every condition of the matrix, in declaration order: controls first, then conditions, each crossed with the axes. */
export function expandConditions(experiment: Experiment): ExpandedCondition[] {
  refuseUnknownLabels(experiment);
  const controls = experiment.controls
    .filter((name) => experiment.conditions[name] === undefined)
    .map((name) => ({
      ...{ name, cell: '', isControl: true },
      ...{ overrides: [CONTROLS[name]], places: [`conditions.${name}`] },
    }));
  const declared = Object.entries(experiment.conditions).map(([name, overrides]) => ({
    name,
    cell: '',
    isControl: false,
    overrides: [overrides],
    places: [`conditions.${name}`],
  }));
  const defaults: Settings = {
    task: experiment.task,
    base: toNamedSettings(experiment.base, 'recipe'),
    scheme: toNamedSettings(experiment.scheme, 'name'),
    training: experiment.training,
    evaluation: experiment.evaluation,
  };
  return crossAxes([...controls, ...declared], experiment.axes).map((variant) => {
    const { name, cell, isControl, overrides, places } = variant;
    refuseLostOverrides(variant, defaults);
    const own = overrides.map((settings, at) => ({ place: places[at]!, settings }));
    const layers = [{ place: '', settings: defaults }, ...own];
    return { name, cell, isControl, settings: overrides.reduce(applyOverrides, defaults), layers };
  });
}

/** Seeds of runs, which derive from declared ones, begin here (random/run-seed.ts). */
const SEED_LIMIT = 2 ** 52;

/**
 * The seeds that the declaration's `key` means: `3` is 0, 1, 2, or from `first` on.
 *
 * @throws {InvalidSpecError} for a seed that could be a run's, or is listed twice
 */
export function expandSeeds(key: 'seeds' | 'bases', seeds: Experiment['seeds'], first = 0): number[] {
  const listed = typeof seeds === 'number' ? Array.from({ length: seeds }, (_, i) => first + i) : seeds;
  const large = listed.find((seed) => Math.abs(seed) >= SEED_LIMIT);
  if (large !== undefined)
    throw new InvalidSpecError(
      `${key}: found seed ${large}, expected one below 2^52 in size: name a smaller one`,
    );
  const twice = listed.find((seed, at) => listed.indexOf(seed) < at);
  if (twice === undefined) return [...listed];
  throw new InvalidSpecError(
    `${key}: found ${twice} twice in [${listed.join(', ')}], expected different ones; for as many from ${first} on write ${key}: ${listed.length}`,
  );
}
