import { z } from 'zod';
import { describeFaults } from '../config/invalid-spec-error.ts';
import type { Opened, Part, PartSetting } from '../config/part.ts';
import type { Scheme } from '../config/scheme.ts';
import { listNeededJudges } from './judges/judge.ts';
import {
  families,
  listEntries,
  listNames,
  listNeeds,
  listReaders,
  listUnlistedJudges,
  NEUTRAL_SHAPE,
  openLists,
  type Entry,
  type ListName,
  type OpenLists,
} from './open-scheme.ts';

function placeOf(list: ListName, at: number): string {
  return list === 'rollouts' ? list : `${list}.${at}`;
}

/** The faults of an entry that cannot be opened, each with its place. */
function describeEntryFaults(list: ListName, entry: Entry, at: number, error: unknown): string[] {
  const place = placeOf(list, at);
  if (!(error instanceof z.ZodError))
    return describeFaults(error, { schema: z.unknown(), input: entry, place });
  const schema = families[list].optionsSchema(entry.name);
  return describeFaults(error, { schema, input: entry.options, place: `${place}.options` });
}

/** The entries of a list with every option filled in; one that cannot be opened stays as it is, and is told to `faults`. */
function settleList(list: ListName, entries: readonly Entry[], faults: string[]): Entry[] {
  return entries.map((entry, at) => {
    try {
      return { ...entry, options: families[list].open(entry.name, entry.options).options };
    } catch (error) {
      faults.push(...describeEntryFaults(list, entry, at, error));
      return entry;
    }
  });
}

/**
 * The scheme with every option of every part filled in and every judge listed that is read, and what cannot be opened. A scheme without
 * judges, or with the neutral shape, has no such member, as before there were any: its fingerprint is the same.
 */
export function settleScheme(scheme: Scheme): {
  readonly scheme: Scheme;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const settle = (list: ListName): Entry[] => settleList(list, listEntries(scheme, list), faults);
  const { rollouts, ...lists } = Object.fromEntries(listNames.map((list) => [list, settle(list)])) as Record<
    ListName,
    Entry[]
  >;
  const [shape] = rollouts as [Entry];
  const declared = { ...scheme, ...lists, rollouts: shape } as Scheme;
  if (faults.length > 0) return { scheme: declared, faults };
  const unlisted = listUnlistedJudges(openLists(declared)).map((name) => ({ name, options: {} }));
  const judges = settleList('judges', [...lists.judges, ...unlisted], faults) as NonNullable<
    Scheme['judges']
  >;
  const { judges: _judges, rollouts: _shape, ...others } = declared;
  return {
    scheme: {
      ...others,
      ...(judges.length === 0 ? {} : { judges }),
      ...(shape.name === NEUTRAL_SHAPE ? {} : { rollouts: declared.rollouts }),
    },
    faults,
  };
}

/** What a rollout shape draws has to be a group: baselines, minibatches and averages count on its size. */
function listWidthFaults({ rollouts }: OpenLists, { groupSize }: PartSetting['training']): string[] {
  return rollouts.flatMap(({ part, options }) => {
    const width = part.width(options, groupSize);
    if (width === groupSize) return [];
    return [
      `rollouts: ${part.name} draws ${width} rollouts per prompt; expected training.groupSize = ${groupSize}`,
    ];
  });
}

/** Judges that are listed twice or that no part reads, in force or not. */
function listJudgeFaults(lists: OpenLists): string[] {
  const read = new Set(listNeededJudges(listNeeds(listReaders(lists))));
  const names = lists.judges.map(({ part }) => part.name);
  return names.flatMap((name, at) => [
    ...(names.indexOf(name) < at
      ? [`judges.${at}: ${name} is listed already, as judges.${names.indexOf(name)}`]
      : []),
    ...(read.has(name)
      ? []
      : [
          `judges.${at}: no part reads what ${name} finds; remove it, or name it in a reward, as rubric's option judge`,
        ]),
  ]);
}

/** What the parts of a settled scheme find in contradiction to the rest of its condition, each with its place in the scheme. */
export function listPartFaults(scheme: Scheme, training: PartSetting['training']): string[] {
  const lists = openLists(scheme);
  const setting: PartSetting = {
    training,
    rewards: scheme.rewards,
    forks: lists.rollouts.some(({ part }) => part.forks),
    judges: lists.judges.map(({ part, options }) => ({
      name: part.name,
      items: part.items?.(options) ?? null,
    })),
  };
  const ofParts = listNames.flatMap((list) =>
    lists[list].flatMap((entry: Opened<Part<object>>, at: number) => {
      const message = entry.part.findFault?.(entry.options, setting) ?? null;
      return message === null ? [] : [`${placeOf(list, at)}: ${message}`];
    }),
  );
  return [...listWidthFaults(lists, training), ...ofParts, ...listJudgeFaults(lists)];
}
