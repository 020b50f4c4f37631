import { fingerprint } from '../../config/canonical.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { experimentIdOf, type ResolvedCondition, type ResolvedExperiment } from '../resolve/resolve.ts';

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
  if (condition.training.examples !== null)
    return 'its problems are ranked by the whole run of another condition, which is longer now';
  return null;
}

function lengthen(condition: ResolvedCondition, steps: number): ResolvedCondition {
  const { training } = condition.condition;
  if (steps <= training.steps) {
    throw new InvalidSpecError(
      `--steps: found ${steps}, expected more than the ${training.steps} steps that ${condition.name} has`,
    );
  }
  const longer = { ...condition.condition, training: { ...training, steps } };
  // Another condition, of the same base models.
  const { stored, ...kept } = condition;
  const known = stored === undefined ? {} : { stored: { baseModelIds: stored.baseModelIds } };
  return { ...kept, ...known, id: fingerprint(longer), condition: longer };
}

/**
 * More seeds, base models or steps of a stored experiment. Seeds and base models are no part of its identity; steps are, so
 * more steps make another experiment of the same name, whose runs continue the shorter ones where that gives the same bits.
 *
 * @throws {InvalidSpecError} when a trained condition has as many steps already
 */
export function extendExperiment(stored: ResolvedExperiment, extension: Extension): ExtendedExperiment {
  const continued = new Map<string, string>();
  const recomputed: { name: string; reason: string }[] = [];
  const conditions = stored.conditions.map((condition) => {
    const { seed } = condition.condition.base;
    const widened = { ...condition, baseSeeds: extendSeeds(condition.baseSeeds, extension.bases, seed) };
    if (extension.steps === undefined || !condition.condition.scheme.isTrained) return widened;
    const longer = lengthen(widened, extension.steps);
    const reason = whyRecomputed(longer);
    if (reason === null) continued.set(longer.id, condition.id);
    else recomputed.push({ name: condition.name, reason });
    return longer;
  });
  const experiment = { ...stored, conditions, seeds: extendSeeds(stored.seeds, extension.seeds, 0) };
  return { experiment: { ...experiment, id: experimentIdOf(experiment) }, continued, recomputed };
}
