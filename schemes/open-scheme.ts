import { z } from 'zod';
import { describeFaults } from '../config/invalid-spec-error.ts';
import { shapes } from '../rollouts/shapes/index.ts';
import type { RolloutShape } from '../rollouts/shapes/shape.ts';
import { rolloutMetrics } from '../rollouts/measure-rollouts.ts';
import type { Need, Opened, Part, PartFamily, PartSetting, Sight, StepMetric } from '../config/part.ts';
import type { Scheme } from '../config/scheme.ts';
import { comparisons } from './comparisons/index.ts';
import type { Comparison } from './comparisons/comparison.ts';
import type { CreditRule, CriticOptions } from './credit/credit-rule.ts';
import { creditRules } from './credit/index.ts';
import type { Gate } from './gates/gate.ts';
import { gates } from './gates/index.ts';
import { rewards } from './rewards/index.ts';
import type { Reward } from './rewards/reward.ts';
import { terms } from './terms/index.ts';
import type { ObjectiveTerm } from './terms/term.ts';
import { updateMetrics } from './update-metrics.ts';

/** A part of a sum, with its factor. */
export type Weighted<Family extends Part<object>> = Opened<Family> & { readonly weight: number };

/** A scheme with its parts at hand. */
export interface OpenScheme {
  readonly rollouts: Opened<RolloutShape<object>>;
  readonly rewards: readonly Weighted<Reward<object>>[];
  readonly gates: readonly Opened<Gate<object>>[];
  readonly comparisons: readonly Weighted<Comparison<object>>[];
  readonly credit: readonly Opened<CreditRule<object>>[];
  readonly objective: readonly Weighted<ObjectiveTerm<object>>[];
  /** What all parts together read beyond a rollout itself. */
  readonly needs: ReadonlySet<Need>;
  /** What all parts together look at beyond rollouts and models. */
  readonly sees: ReadonlySet<Sight>;
}

/** A part as a scheme names it. */
export interface Entry {
  readonly name: string;
  readonly options: unknown;
  readonly weight?: number;
}

/** The lists of a scheme, of which `rollouts` is a single entry, with the families their entries are of. */
export const families = {
  rollouts: shapes,
  rewards,
  gates,
  comparisons,
  credit: creditRules,
  objective: terms,
} as const;

type ListName = keyof typeof families;
const listNames = Object.keys(families) as ListName[];

/** The shape of schemes that name none: left out of settled ones, so that their fingerprints are those of before there were shapes. */
const NEUTRAL_SHAPE = 'independent';

/** What a scheme holds of a family. */
export function listEntries(scheme: Scheme, list: ListName): readonly Entry[] {
  return list === 'rollouts' ? [scheme.rollouts ?? { name: NEUTRAL_SHAPE, options: {} }] : scheme[list];
}

function placeOf(list: ListName, at: number): string {
  return list === 'rollouts' ? list : `${list}.${at}`;
}

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

/** @throws UnknownPartError, z.ZodError for a scheme that `settleScheme` would refuse */
export function openScheme(scheme: Scheme): OpenScheme {
  const [rollouts] = openAll(shapes, listEntries(scheme, 'rollouts'));
  const lists = {
    rollouts: rollouts!,
    rewards: openAll(rewards, scheme.rewards),
    gates: openAll(gates, scheme.gates),
    comparisons: openAll(comparisons, scheme.comparisons),
    credit: openAll(creditRules, scheme.credit),
    objective: openAll(terms, scheme.objective),
  };
  const parts = listNames.flatMap((name): readonly Opened<Part<object>>[] => [lists[name]].flat());
  const inForce = parts.filter(isInForce);
  const needs = new Set(inForce.flatMap(({ part, options }) => part.needs?.(options) ?? []));
  const sees = new Set(inForce.map(({ part, options }) => part.sees?.(options) ?? 'nothing'));
  return { ...lists, needs, sees };
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
  const parts = listNames.flatMap((name): readonly Opened<Part<object>>[] => [scheme[name]].flat());
  return [...rolloutMetrics, ...updateMetrics, ...parts.flatMap(({ part }) => part.metrics ?? [])];
}

/** The faults of an entry that cannot be opened, each with its place. */
function describeEntryFaults(list: ListName, entry: Entry, at: number, error: unknown): string[] {
  const place = placeOf(list, at);
  if (!(error instanceof z.ZodError)) return describeFaults(error, z.unknown(), place);
  return describeFaults(error, families[list].optionsSchema(entry.name), `${place}.options`);
}

/** The scheme with every option of every part filled in, and what cannot be opened; an entry at fault stays as it is. */
export function settleScheme(scheme: Scheme): {
  readonly scheme: Scheme;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const settle = (list: ListName, entry: Entry, at: number): Entry => {
    try {
      return { ...entry, options: families[list].open(entry.name, entry.options).options };
    } catch (error) {
      faults.push(...describeEntryFaults(list, entry, at, error));
      return entry;
    }
  };
  const settled = listNames.map((list) => [
    list,
    listEntries(scheme, list).map((entry, at) => settle(list, entry, at)),
  ]);
  const { rollouts, ...lists } = Object.fromEntries(settled) as Record<ListName, Entry[]>;
  const { rollouts: _declared, ...frame } = scheme;
  const shape = rollouts[0]!.name === NEUTRAL_SHAPE ? {} : { rollouts: rollouts[0]! };
  return { scheme: { ...frame, ...(lists as Partial<Scheme>), ...(shape as Partial<Scheme>) }, faults };
}

/** What a rollout shape draws has to be a group: baselines, minibatches and averages count on its size. */
function findWidthFault({ rollouts }: OpenScheme, { groupSize }: PartSetting['training']): string[] {
  const { part, options } = rollouts;
  const width = part.width(options, groupSize);
  return width === groupSize
    ? []
    : [
        `rollouts: ${part.name} draws ${width} rollouts per prompt; expected training.groupSize = ${groupSize}`,
      ];
}

/** What the parts of a settled scheme find in contradiction to the rest of its condition, each with its place in the scheme. */
export function listPartFaults(scheme: Scheme, training: PartSetting['training']): string[] {
  const open = openScheme(scheme);
  const { forks } = open.rollouts.part;
  const setting: PartSetting = { training, rewards: scheme.rewards, forks };
  const ofParts = listNames.flatMap((list) =>
    [open[list]].flat().flatMap((entry: Opened<Part<object>>, at: number) => {
      const message = entry.part.findFault?.(entry.options, setting) ?? null;
      return message === null ? [] : [`${placeOf(list, at)}: ${message}`];
    }),
  );
  return [...findWidthFault(open, training), ...ofParts];
}
