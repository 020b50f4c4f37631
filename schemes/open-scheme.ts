import { z } from 'zod';
import { describeFaults } from '../config/invalid-spec-error.ts';
import { rolloutMetrics } from '../rollouts/measure-rollouts.ts';
import type { Need, Opened, Part, PartFamily, PartSetting, Sight, StepMetric } from '../config/part.ts';
import type { Scheme } from '../config/scheme.ts';
import { comparisons } from './comparisons/index.ts';
import type { Comparison } from './comparisons/comparison.ts';
import type { CreditRule, CriticOptions } from './credit/credit-rule.ts';
import { creditRules } from './credit/index.ts';
import type { Gate } from './gates/gate.ts';
import { gates } from './gates/index.ts';
import { judges } from './judges/index.ts';
import { listNeededJudges, type Judge } from './judges/judge.ts';
import { judgementMetrics } from './judges/measure-judgements.ts';
import { rewards } from './rewards/index.ts';
import type { Reward } from './rewards/reward.ts';
import { terms } from './terms/index.ts';
import type { ObjectiveTerm } from './terms/term.ts';
import { updateMetrics } from './update-metrics.ts';

/** A part of a sum, with its factor. */
export type Weighted<Family extends Part<object>> = Opened<Family> & { readonly weight: number };

/** A scheme with its parts at hand. */
export interface OpenScheme {
  readonly rewards: readonly Weighted<Reward<object>>[];
  /** Those that a part in force reads: what nobody reads does not run. */
  readonly judges: readonly Opened<Judge<object>>[];
  readonly gates: readonly Opened<Gate<object>>[];
  readonly comparisons: readonly Weighted<Comparison<object>>[];
  readonly credit: readonly Opened<CreditRule<object>>[];
  readonly objective: readonly Weighted<ObjectiveTerm<object>>[];
  /** What all parts together read beyond a rollout itself. */
  readonly needs: ReadonlySet<Need>;
  /** What all parts together look at beyond rollouts and models. */
  readonly sees: ReadonlySet<Sight>;
}

interface Entry {
  readonly name: string;
  readonly options: unknown;
  readonly weight?: number;
}

/** The lists of a scheme with the families their entries are of. */
export const families = {
  rewards,
  judges,
  gates,
  comparisons,
  credit: creditRules,
  objective: terms,
} as const;

type ListName = keyof typeof families;
const listNames = Object.keys(families) as ListName[];

function openAll<Family extends Part<object>, E extends Entry>(
  family: PartFamily<Family>,
  entries: readonly E[],
): (Opened<Family> & Omit<E, 'options'>)[] {
  return entries.map((entry) => ({ ...entry, ...family.open(entry.name, entry.options) }));
}

/** Whether a part can matter: what is summed with a weight of 0, and stays so, reads nothing. */
function isInForce({ part, weight }: Opened<Part<object>> & { readonly weight?: number }): boolean {
  return weight !== 0 || 'adapt' in part;
}

function listNeeds(parts: readonly Opened<Part<object>>[]): Set<Need> {
  return new Set(parts.flatMap(({ part, options }) => part.needs?.(options) ?? []));
}

/** The lists of a scheme with their parts, as they stand. */
function openLists(scheme: Scheme) {
  return {
    rewards: openAll(rewards, scheme.rewards),
    judges: openAll(judges, scheme.judges ?? []),
    gates: openAll(gates, scheme.gates),
    comparisons: openAll(comparisons, scheme.comparisons),
    credit: openAll(creditRules, scheme.credit),
    objective: openAll(terms, scheme.objective),
  };
}

type OpenLists = ReturnType<typeof openLists>;

/** The parts of all lists but that of the judges. */
function listReaders(lists: OpenLists): Opened<Part<object>>[] {
  return listNames.flatMap((name): Opened<Part<object>>[] => (name === 'judges' ? [] : lists[name]));
}

/** The names of judges that parts in force read although the scheme does not list them. */
function listUnlistedJudges(lists: OpenLists): string[] {
  const listed = new Set(lists.judges.map(({ part }) => part.name));
  return listNeededJudges(listNeeds(listReaders(lists).filter(isInForce))).filter(
    (name) => !listed.has(name),
  );
}

/** @throws UnknownPartError, z.ZodError for a scheme that `settleScheme` would refuse */
export function openScheme(scheme: Scheme): OpenScheme {
  const lists = openLists(scheme);
  const readers = listReaders(lists).filter(isInForce);
  const needs = listNeeds(readers);
  const needed = new Set(listNeededJudges(needs));
  // A condition that an earlier version stored lists none.
  const unlisted = listUnlistedJudges(lists).map((name) => judges.open(name));
  const running = [...lists.judges.filter(({ part }) => needed.has(part.name)), ...unlisted];
  const sees = new Set(
    [...readers, ...running].map(({ part, options }) => part.sees?.(options) ?? 'nothing'),
  );
  return { ...lists, judges: running, needs, sees };
}

/** How the critic is trained; null: there is none. */
export function findCritic({ credit }: OpenScheme): CriticOptions | null {
  for (const { part, options } of credit) {
    if (part.critic !== undefined) return part.critic(options);
  }
  return null;
}

/** The metrics that steps under a scheme record, `format/NAME` left out; some only where there is something to measure. */
export function listStepMetrics(scheme: OpenScheme): StepMetric[] {
  const parts = listNames.flatMap((name): readonly Opened<Part<object>>[] => scheme[name]);
  const ofJudges = scheme.judges.length === 0 ? [] : judgementMetrics;
  return [
    ...rolloutMetrics,
    ...ofJudges,
    ...updateMetrics,
    ...parts.flatMap(({ part }) => part.metrics ?? []),
  ];
}

/** The faults of an entry that cannot be opened, each with its place. */
function describeEntryFaults(list: ListName, entry: Entry, at: number, error: unknown): string[] {
  if (!(error instanceof z.ZodError)) return describeFaults(error, z.unknown(), `${list}.${at}`);
  return describeFaults(error, families[list].optionsSchema(entry.name), `${list}.${at}.options`);
}

/** The entries of a list with every option filled in; one that cannot be opened stays as it is, and is told to `faults`. */
function settleList<E extends Entry>(list: ListName, entries: readonly E[], faults: string[]): E[] {
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
 * judges has no such list, as before there were any: its fingerprint is the same.
 */
export function settleScheme(scheme: Scheme): {
  readonly scheme: Scheme;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const settled = listNames.map((list) => [list, settleList<Entry>(list, scheme[list] ?? [], faults)]);
  const declared: Scheme = { ...scheme, ...(Object.fromEntries(settled) as Partial<Scheme>) };
  if (faults.length > 0) return { scheme: declared, faults };
  const { judges: listed = [], ...others } = declared;
  const unlisted = listUnlistedJudges(openLists(declared)).map((name) => ({ name, options: {} }));
  const all = settleList('judges', [...listed, ...unlisted], faults);
  return { scheme: all.length === 0 ? others : { ...others, judges: all }, faults };
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
    judges: lists.judges.map(({ part, options }) => ({
      name: part.name,
      items: part.items?.(options) ?? null,
    })),
  };
  const ofParts = listNames.flatMap((list) =>
    lists[list].flatMap((entry: Opened<Part<object>>, at: number) => {
      const message = entry.part.findFault?.(entry.options, setting) ?? null;
      return message === null ? [] : [`${list}.${at}: ${message}`];
    }),
  );
  return [...ofParts, ...listJudgeFaults(lists)];
}
