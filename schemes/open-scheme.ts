import { shapes } from '../rollouts/shapes/index.ts';
import type { RolloutShape } from '../rollouts/shapes/shape.ts';
import { rolloutMetrics } from '../rollouts/measure-rollouts.ts';
import type { Need, Opened, Part, PartFamily, Sight, StepMetric } from '../config/part.ts';
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
import { answerMetrics } from './rewards/measure-answers.ts';
import { deadlineOf, type Reward } from './rewards/reward.ts';
import { terms } from './terms/index.ts';
import type { ObjectiveTerm } from './terms/term.ts';
import { updateMetrics } from './update-metrics.ts';

/** A part of a sum, with its factor. */
export type Weighted<Family extends Part<object>> = Opened<Family> & { readonly weight: number };

/** A scheme with its parts at hand. */
export interface OpenScheme {
  readonly rollouts: Opened<RolloutShape<object>>;
  readonly rewards: readonly Weighted<Reward<object>>[];
  /** Those that a part in force reads: what nobody reads does not run. */
  readonly judges: readonly Opened<Judge<object>>[];
  readonly gates: readonly Opened<Gate<object>>[];
  readonly comparisons: readonly Weighted<Comparison<object>>[];
  readonly credit: readonly Opened<CreditRule<object>>[];
  readonly objective: readonly Weighted<ObjectiveTerm<object>>[];
  readonly aggregation: Scheme['aggregation'];
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
  judges,
  gates,
  comparisons,
  credit: creditRules,
  objective: terms,
} as const;

export type ListName = keyof typeof families;
export const listNames = Object.keys(families) as ListName[];

/** The shape of schemes that name none: left out of settled ones, so that their fingerprints are those of before there were shapes. */
export const NEUTRAL_SHAPE = 'independent';

/** What a scheme holds of a family. */
export function listEntries(scheme: Scheme, list: ListName): readonly Entry[] {
  if (list === 'rollouts') return [scheme.rollouts ?? { name: NEUTRAL_SHAPE, options: {} }];
  return scheme[list] ?? [];
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

export function listNeeds(parts: readonly Opened<Part<object>>[]): Set<Need> {
  return new Set(parts.flatMap(({ part, options }) => part.needs?.(options) ?? []));
}

/** The lists of a scheme with their parts, as they stand. */
export function openLists(scheme: Scheme) {
  return {
    rollouts: openAll(shapes, listEntries(scheme, 'rollouts')),
    rewards: openAll(rewards, scheme.rewards),
    judges: openAll(judges, scheme.judges ?? []),
    gates: openAll(gates, scheme.gates),
    comparisons: openAll(comparisons, scheme.comparisons),
    credit: openAll(creditRules, scheme.credit),
    objective: openAll(terms, scheme.objective),
  };
}

export type OpenLists = ReturnType<typeof openLists>;

/** The parts of all lists but that of the judges. */
export function listReaders(lists: OpenLists): Opened<Part<object>>[] {
  return listNames.flatMap((name): Opened<Part<object>>[] => (name === 'judges' ? [] : lists[name]));
}

/** The names of judges that parts in force read although the scheme does not list them. */
export function listUnlistedJudges(lists: OpenLists): string[] {
  const listed = new Set(lists.judges.map(({ part }) => part.name));
  return listNeededJudges(listNeeds(listReaders(lists).filter(isInForce))).filter(
    (name) => !listed.has(name),
  );
}

/** @throws UnknownPartError, z.ZodError for a scheme that `settleScheme` would refuse */
export function openScheme(scheme: Scheme): OpenScheme {
  const { rollouts, ...lists } = openLists(scheme);
  const all = { rollouts, ...lists };
  const readers = listReaders(all).filter(isInForce);
  const needs = listNeeds(readers);
  const needed = new Set(listNeededJudges(needs));
  // A condition that an earlier version stored lists none.
  const unlisted = listUnlistedJudges(all).map((name) => judges.open(name));
  const running = [...lists.judges.filter(({ part }) => needed.has(part.name)), ...unlisted];
  const sees = new Set(
    [...readers, ...running].map(({ part, options }) => part.sees?.(options) ?? 'nothing'),
  );
  const { aggregation } = scheme;
  return { ...lists, rollouts: rollouts[0]!, judges: running, aggregation, needs, sees };
}

/** Whether a part reads what another model says of the rollouts. */
export function readsTeacher(needs: ReadonlySet<Need>): boolean {
  return needs.has('teacherLogprobs') || needs.has('teacherDistributions');
}

/** How the critic is trained; null: there is none. */
export function findCritic({ credit }: OpenScheme): CriticOptions | null {
  for (const { part, options } of credit) {
    if (part.critic !== undefined) return part.critic(options);
  }
  return null;
}

/** The rewards that are asked before a step is shaped. */
export function listAsked({ rewards: listed }: Pick<OpenScheme, 'rewards'>): OpenScheme['rewards'] {
  return listed.filter((reward) => deadlineOf(reward) !== null);
}

/** The metrics that steps under a scheme record, `format/NAME` left out; some only where there is something to measure. */
export function listStepMetrics(scheme: OpenScheme): StepMetric[] {
  const parts = listNames.flatMap((name): readonly Opened<Part<object>>[] => [scheme[name]].flat());
  const ofJudges = scheme.judges.length === 0 ? [] : judgementMetrics;
  const ofAsked = listAsked(scheme).length === 0 ? [] : answerMetrics;
  return [
    ...rolloutMetrics,
    ...ofJudges,
    ...ofAsked,
    ...updateMetrics,
    ...parts.flatMap(({ part }) => part.metrics ?? []),
  ];
}
