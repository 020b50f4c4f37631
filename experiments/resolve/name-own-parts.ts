import { isSettings } from '../../config/merge.ts';
import type { Scheme } from '../../config/scheme.ts';
import type { OwnNames } from '../../schemes/own-parts.ts';

/** Options that name another part, with the family it is of. */
const NAMING_OPTIONS = { by: 'signals', reward: 'rewards', judge: 'judges' } as const;

/** What parts of a declaration's own are called in conditions: `NAME@HASH`. */
const OWN_NAME = /@[0-9a-f]{8}$/;

interface Entry {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Those of a part in a part too, as a compound reward has. */
function nameOptions(options: Entry['options'], own: OwnNames): Record<string, unknown> {
  const named = Object.entries(NAMING_OPTIONS).flatMap(([option, family]) => {
    const value = options[option];
    const name = typeof value === 'string' ? own[family].get(value) : undefined;
    return name === undefined ? [] : [[option, name]];
  });
  const inner = options['options'];
  return {
    ...options,
    ...(isSettings(inner) ? { options: nameOptions(inner, own) } : {}),
    ...(Object.fromEntries(named) as Record<string, unknown>),
  };
}

/** The scheme with the declaration's own parts under the names that tell their source. */
export function nameOwnParts(scheme: Scheme, own: OwnNames | null): Scheme {
  if (own === null) return scheme;
  const nameAll = <E extends Entry>(family: keyof OwnNames, entries: readonly E[]): E[] =>
    entries.map((entry) => ({
      ...entry,
      name: own[family].get(entry.name) ?? entry.name,
      options: nameOptions(entry.options, own),
    }));
  const [rollouts] = scheme.rollouts === undefined ? [] : nameAll('rollouts', [scheme.rollouts]);
  return {
    ...scheme,
    ...(rollouts === undefined ? {} : { rollouts }),
    rewards: nameAll('rewards', scheme.rewards),
    ...(scheme.judges === undefined ? {} : { judges: nameAll('judges', scheme.judges) }),
    gates: nameAll('gates', scheme.gates),
    comparisons: nameAll('comparisons', scheme.comparisons),
    credit: nameAll('credit', scheme.credit),
    objective: nameAll('objective', scheme.objective),
  };
}

/** A task's settings with a family of the declaration's own under the name that tells its source. */
export function nameOwnTask(task: unknown, own: OwnNames | null): unknown {
  if (own === null || !isSettings(task)) return task;
  const family = own.tasks.get(task['family'] as string);
  return family === undefined ? task : { ...task, family };
}

/** Whether a condition needs the source of own parts to be understood. */
export function usesOwnParts({ scheme, task }: { readonly scheme: Scheme; readonly task: unknown }): boolean {
  const { rollouts, rewards, judges = [], gates, comparisons, credit, objective } = scheme;
  const shape = rollouts === undefined ? [] : [rollouts];
  const lists = [
    shape,
    rewards,
    judges,
    gates,
    comparisons,
    credit,
    objective,
  ] as readonly (readonly Entry[])[];
  const names = lists
    .flat()
    .flatMap(({ name, options }) => [name, options['by'], options['reward'], options['judge']]);
  const family = isSettings(task) ? task['family'] : undefined;
  return [...names, family].some((name) => typeof name === 'string' && OWN_NAME.test(name));
}
