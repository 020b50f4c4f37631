import { fingerprint } from '../../config/canonical.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { listInputSources, renameInputs } from '../../config/chain.ts';
import { orderBySources } from './order-chains.ts';
import { experimentIdOf, settleSeeds, type ResolvedCondition, type ResolvedExperiment } from './resolve.ts';

/** What an extension asks for: how many there shall be in all, or which there shall be as well. */
export interface Extension {
  readonly seeds?: number | readonly number[];
  readonly bases?: number | readonly number[];
  /** RL steps of every trained condition. */
  readonly steps?: number;
}

/** An extended experiment, and for each condition that got longer the one it continues. */
export interface ExtendedExperiment {
  readonly experiment: ResolvedExperiment;
  /** Id of a longer condition → id of the shorter one whose recorded steps are its first steps. */
  readonly continued: ReadonlyMap<string, string>;
  /** Longer conditions that start over, and why. */
  readonly recomputed: readonly { readonly name: string; readonly reason: string }[];
}

/** @throws {InvalidSpecError} for a count below what there is, since nothing is ever taken away */
function refuseFewer(
  flag: '--seeds' | '--bases',
  present: readonly number[],
  asked: Extension['seeds'],
): void {
  if (typeof asked !== 'number' || asked >= present.length) return;
  throw new InvalidSpecError(
    `${flag}: found ${asked}, but there are ${present.length} already (${present.join(', ')}), and none is taken away; ` +
      `write how many there shall be in all, ${flag} ${present.length + 1} or more, or a list to add`,
  );
}

/** What an extension asks for that is there already, one sentence each, with what would add something. */
export function listUnchanged(stored: ResolvedExperiment, { seeds, bases }: Extension): string[] {
  const tell = (flag: string, present: readonly number[], asked: Extension['seeds']): string[] => {
    const isThere =
      typeof asked === 'number' ? asked <= present.length : asked?.every((seed) => present.includes(seed));
    if (isThere !== true) return [];
    return [
      `${flag} adds nothing: there are ${present.length} already (${present.join(', ')}); ${flag} ${present.length + 1} would add one`,
    ];
  };
  const baseSeeds = [...new Set(stored.conditions.flatMap((condition) => condition.baseSeeds))].sort(
    (a, b) => a - b,
  );
  return [...tell('--seeds', stored.seeds, seeds), ...tell('--bases', baseSeeds, bases)];
}

/** Counting up from `first` until there are as many as asked for; a list adds what is missing. */
function extendSeeds(
  present: readonly number[],
  asked: number | readonly number[] | undefined,
  first: number,
): readonly number[] {
  const seeds = new Set(present);
  if (typeof asked === 'number') for (let seed = first; seeds.size < asked; seed += 1) seeds.add(seed);
  else for (const seed of asked ?? []) seeds.add(seed);
  return [...seeds].sort((a, b) => a - b);
}

/** Why the recorded steps of a shorter run are not the first steps of a longer one; null: they are, bit by bit. */
function whyRecomputed({ condition }: ResolvedCondition): string | null {
  const { schedule } = condition.training.optimizer;
  if (schedule !== 'constant')
    return `its ${schedule} learning-rate schedule is spread over all steps, so every step of a longer run differs`;
  if (listInputSources(condition).length > 0)
    return 'it takes from the whole run of another condition, which is longer now';
  return null;
}

/** Whether a condition has steps of its own. */
function takesSteps({ condition }: ResolvedCondition): boolean {
  return condition.scheme.isTrained || (condition.collect !== undefined && condition.data === undefined);
}

/** The condition with more steps, or with links to runs that have more. */
function lengthen(
  condition: ResolvedCondition,
  to: { readonly steps: number; readonly ids: ReadonlyMap<string, string> },
): ResolvedCondition {
  const { training } = condition.condition;
  const linked = {
    ...condition.condition,
    ...renameInputs(condition.condition, (id) => to.ids.get(id) ?? id),
  };
  if (!takesSteps(condition)) return { ...condition, id: fingerprint(linked), condition: linked };
  if (to.steps <= training.steps) {
    throw new InvalidSpecError(
      `--steps: found ${to.steps}, expected more than the ${training.steps} steps that ${condition.name} has`,
    );
  }
  const longer = { ...linked, training: { ...training, steps: to.steps } };
  // Another condition, of the same base models.
  const { stored, ...kept } = condition;
  const known = stored === undefined ? {} : { stored: { baseModelIds: stored.baseModelIds } };
  return { ...kept, ...known, id: fingerprint(longer), condition: longer };
}

/** Every condition with more steps. */
function lengthenAll(
  conditions: readonly ResolvedCondition[],
  steps: number,
): Pick<ExtendedExperiment, 'continued' | 'recomputed'> & { readonly conditions: ResolvedCondition[] } {
  const continued = new Map<string, string>();
  const recomputed: { name: string; reason: string }[] = [];
  const ids = new Map<string, string>();
  const longer = new Map<string, ResolvedCondition>();
  const byId = new Map(conditions.map((condition) => [condition.id, condition]));
  const sourcesOf = ({ condition }: ResolvedCondition): ResolvedCondition[] =>
    listInputSources(condition).flatMap(({ run }) => byId.get(run) ?? []);
  for (const condition of orderBySources(conditions, sourcesOf)) {
    const next = lengthen(condition, { steps, ids });
    ids.set(condition.id, next.id);
    longer.set(condition.name, next);
    if (!takesSteps(next)) continue;
    const reason = whyRecomputed(next);
    if (reason === null) continued.set(next.id, condition.id);
    else recomputed.push({ name: condition.name, reason });
  }
  return { continued, recomputed, conditions: conditions.map(({ name }) => longer.get(name)!) };
}

/** The experiment with no other bases than these, as a first look at it has. Its identity stays. */
export function limitBases(experiment: ResolvedExperiment, bases: readonly number[]): ResolvedExperiment {
  const conditions = experiment.conditions.map((condition) => ({
    ...condition,
    baseSeeds: condition.baseSeeds.filter((seed) => bases.includes(seed)),
  }));
  return { ...experiment, conditions: settleSeeds(conditions) };
}

/**
 * More seeds, base models or steps of a stored experiment. Seeds and base models are no part of its identity; steps are, so
 * more steps make another experiment of the same name, whose runs continue the shorter ones where that gives the same bits.
 *
 * @throws {InvalidSpecError} when a trained condition has as many steps already, or there are more seeds or base models than asked for
 */
export function extendExperiment(stored: ResolvedExperiment, extension: Extension): ExtendedExperiment {
  refuseFewer('--seeds', stored.seeds, extension.seeds);
  for (const { baseSeeds } of stored.conditions) refuseFewer('--bases', baseSeeds, extension.bases);
  const widened = stored.conditions.map((condition) => ({
    ...condition,
    baseSeeds: extendSeeds(condition.baseSeeds, extension.bases, condition.condition.base.seed),
  }));
  const { conditions, continued, recomputed } =
    extension.steps === undefined
      ? { conditions: widened, continued: new Map<string, string>(), recomputed: [] }
      : lengthenAll(widened, extension.steps);
  const seeds = extendSeeds(stored.seeds, extension.seeds, 0);
  const experiment = { ...stored, conditions: settleSeeds(conditions), seeds };
  return { experiment: { ...experiment, id: experimentIdOf(experiment) }, continued, recomputed };
}
