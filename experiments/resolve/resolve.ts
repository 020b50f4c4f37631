import { z } from 'zod';
import { fingerprint } from '../../config/canonical.ts';
import { listInputSources, renameInputs, type ChainLinks, type Collect } from '../../config/chain.ts';
import { expandConditions, expandSeeds, type ExpandedCondition } from '../../config/expand.ts';
import {
  conditionSchema,
  experimentSchema,
  type Condition,
  type Experiment,
} from '../../config/experiment.ts';
import type { Check } from '../../config/check.ts';
import type { Hypothesis } from '../../config/hypothesis.ts';
import { describeFaults, InvalidSpecError, parseSpec } from '../../config/invalid-spec-error.ts';
import { mergeSettings, type Settings } from '../../config/merge.ts';
import { schemeSchema, type Scheme } from '../../config/scheme.ts';
import {
  collectorNames,
  collectorOptionsSchema,
  openCollector,
  type OpenCollector,
} from '../../datasets/index.ts';
import { settleScheme } from '../../schemes/settle-scheme.ts';
import { takeParts, type OwnNames } from '../../schemes/own-parts.ts';
import { nameOwnParts, nameOwnTask, usesOwnParts } from './name-own-parts.ts';
import { evaluationSchema, trainingSchema, type TrainingPlan } from '../../config/training.ts';
import { findScheme, schemeNames } from '../../schemes/named/index.ts';
import { checkCondition } from './check-condition.ts';
import { checkChains, listReadSeeds } from './check-chains.ts';
import { checkHypotheses } from './check-hypotheses.ts';
import { findNamed, orderChains, placeOfLink } from './order-chains.ts';
import { refuseFormerKeys } from './refuse-former-keys.ts';
import { resolveBase } from './resolve-base.ts';
import { nameWritten } from './written-places.ts';

/** A condition with every default filled in; its id is the fingerprint of `condition`. */
export interface ResolvedCondition {
  readonly id: string;
  readonly name: string;
  readonly isControl: boolean;
  /** One base model each. */
  readonly baseSeeds: readonly number[];
  readonly condition: Condition;
  /** Absent until it is stored. */
  readonly stored?: StoredIdentity;
}

/** What the rows of a condition say, which a later program may write otherwise and must leave. */
export interface StoredIdentity {
  /** JSON of the condition as it was registered; absent where it has none of its own yet. */
  readonly settings?: string;
  /** Base seed → the base model of its runs. */
  readonly baseModelIds: ReadonlyMap<number, string>;
}

/** A matrix ready to launch: validated, expanded, fingerprinted. Seeds are not part of the id, so they can be extended. */
export interface ResolvedExperiment {
  readonly id: string;
  readonly name: string;
  readonly question: string;
  readonly baseline: string;
  readonly source: string | null;
  readonly hypotheses: readonly Hypothesis[];
  /** By name: what must hold before the hypotheses that require it are tested. */
  readonly checks: Readonly<Record<string, Check>>;
  readonly seeds: readonly number[];
  readonly conditions: readonly ResolvedCondition[];
}

/** A declaration's own scheme says all that a file in schemes/named/ says, under a name that none of those has. */
function isOwnScheme(settings: Settings): boolean {
  const isWhole = ['name', 'title', 'source', 'rewards'].every((key) => settings[key] !== undefined);
  return isWhole && !schemeNames.includes(settings['name'] as string);
}

/** @throws {InvalidSpecError} naming every part that cannot be opened */
function settleParts(frame: Scheme, place: string): Scheme {
  const { scheme, faults } = settleScheme(frame);
  if (faults.length === 0) return scheme;
  throw new InvalidSpecError(faults.map((fault) => `${place}.${fault}`).join('\n'));
}

/**
 * A scheme as a declaration names, changes or brings it, with every default filled in, those of its parts' options too.
 *
 * @param own names of the declaration's own parts
 * @throws {InvalidSpecError}
 */
export function resolveScheme(settings: Settings, place: string, own: OwnNames | null = null): Scheme {
  const { name, ...overrides } = settings;
  if (typeof name !== 'string') throw new InvalidSpecError(`${place}.name: expected a scheme's name`);
  const settle = (frame: Scheme): Scheme => settleParts(nameOwnParts(frame, own), place);
  if (isOwnScheme(settings)) return settle(parseSpec(schemeSchema, settings, place));
  try {
    return settle(parseSpec(schemeSchema, mergeSettings(findScheme(name), overrides), place));
  } catch (error) {
    if (error instanceof InvalidSpecError) throw error;
    throw new InvalidSpecError(`${place}: ${(error as Error).message}`);
  }
}

/** A run depends on what it does alone, so neither does its fingerprint on the rest: an untrained arm's not on how others train. */
function resolveTraining(
  declared: TrainingPlan,
  scheme: Scheme,
  collects: OpenCollector | null,
): TrainingPlan {
  if (scheme.isTrained) return declared;
  const { maxNewTokens, steps, promptsPerStep, groupSize, temperature, pool } = declared;
  if (collects?.collector.reads === 'own')
    return trainingSchema.parse({ steps, promptsPerStep, groupSize, maxNewTokens, temperature, pool });
  return trainingSchema.parse({ steps: 0, maxNewTokens });
}

/** The collector of a condition, its options settled. @throws {InvalidSpecError} */
function resolveCollector(collect: Collect | undefined, place: string): OpenCollector | null {
  if (collect === undefined) return null;
  try {
    return openCollector(collect.name, collect.options);
  } catch (error) {
    const isKnown = collectorNames.includes(collect.name);
    const schema = isKnown ? collectorOptionsSchema(collect.name) : z.unknown();
    const at = isKnown ? `${place}.collect.options` : `${place}.collect`;
    throw new InvalidSpecError(
      describeFaults(error, { schema, input: collect.options, place: at }).join('\n'),
    );
  }
}

/** What the condition takes from those before it, by their fingerprints. */
function resolveLinks(
  { name, cell, settings }: ExpandedCondition,
  before: readonly ResolvedCondition[],
): ChainLinks {
  const places = new Map(
    listInputSources(settings as ChainLinks).map(({ role, run }) => [run, placeOfLink(name, role)]),
  );
  return renameInputs(
    settings as ChainLinks,
    (named) => findNamed(before, { name: named, cell, place: places.get(named)! }).id,
  );
}

/** A run that collects is not evaluated. */
const NO_EVALUATION = { splits: {}, every: 0 };

/** The condition with every default filled in; each of its keys is right by itself. */
function settleCondition(
  expanded: ExpandedCondition,
  parts: Experiment['parts'],
  before: readonly ResolvedCondition[],
): Condition {
  const { name, settings } = expanded;
  const place = `conditions.${name}`;
  const own = takeParts(parts);
  const collects = resolveCollector(settings['collect'] as Collect | undefined, place);
  const named = collects === null ? settings['scheme'] : { name: 'base' };
  const scheme = resolveScheme(named as Settings, `${place}.scheme`, own);
  const task = nameOwnTask(settings['task'], own);
  const training = parseSpec(trainingSchema, settings['training'], `${place}.training`);
  const evaluation = collects === null ? settings['evaluation'] : NO_EVALUATION;
  return conditionSchema.parse({
    ...resolveBase({ ...settings, task }, place),
    scheme,
    ...(usesOwnParts({ scheme, task }) ? { parts } : {}),
    training: resolveTraining(training, scheme, collects),
    evaluation: parseSpec(evaluationSchema, evaluation, `${place}.evaluation`),
    ...resolveLinks(expanded, before),
    ...(collects === null ? {} : { collect: { name: collects.collector.name, options: collects.options } }),
  });
}

function resolveCondition(
  expanded: ExpandedCondition,
  { bases, parts }: Pick<Experiment, 'bases' | 'parts'>,
  before: readonly ResolvedCondition[],
): ResolvedCondition {
  const { name, isControl } = expanded;
  const condition = nameWritten(expanded, false, () => settleCondition(expanded, parts, before));
  nameWritten(expanded, true, () => checkCondition(condition, `conditions.${name}`));
  const baseSeeds = expandSeeds('bases', bases, condition.base.seed);
  return { id: fingerprint(condition), name, isControl, baseSeeds, condition };
}

function refuseDuplicates(conditions: readonly ResolvedCondition[]): ResolvedCondition[] {
  const byId = new Map<string, ResolvedCondition>();
  for (const condition of conditions) {
    const twin = byId.get(condition.id);
    const collects = condition.condition.collect !== undefined;
    // A control or dataset that an axis does not touch, or that the matrix declares anyway, is one condition, not several.
    if (twin?.isControl === true && !condition.isControl) byId.delete(condition.id);
    else if (twin !== undefined && !condition.isControl && !collects) {
      throw new InvalidSpecError(
        `conditions.${condition.name}: the same as conditions.${twin.name}; what sets them apart has no effect. Remove one`,
      );
    }
    if (!byId.has(condition.id)) byId.set(condition.id, condition);
  }
  return [...byId.values()];
}

/** Every condition, sources before those that take from them while they are resolved, then in the order of the declaration. */
function resolveConditions(experiment: Experiment): ResolvedCondition[] {
  const expanded = expandConditions(experiment);
  const resolved: ResolvedCondition[] = [];
  for (const next of orderChains(expanded)) resolved.push(resolveCondition(next, experiment, resolved));
  const place = new Map(expanded.map(({ name }, at) => [name, at]));
  resolved.sort((a, b) => place.get(a.name)! - place.get(b.name)!);
  return settleSeeds(refuseDuplicates(resolved));
}

/** A dataset is made for the base seeds whose runs read it. */
export function settleSeeds(conditions: readonly ResolvedCondition[]): ResolvedCondition[] {
  return conditions.map((condition) => {
    if (condition.condition.collect === undefined) return condition;
    const read = listReadSeeds(condition.id, conditions);
    return read.length === 0 ? condition : { ...condition, baseSeeds: read };
  });
}

/** An experiment's identity: its name, what it decides and its conditions; neither the question nor the seeds. */
export function experimentIdOf(
  experiment: Pick<ResolvedExperiment, 'name' | 'baseline' | 'hypotheses' | 'checks' | 'conditions'>,
): string {
  const { name, baseline, hypotheses, checks } = experiment;
  const conditions = experiment.conditions.map((c) => ({ name: c.name, id: c.id }));
  // Without checks an experiment is what it was before there were any.
  const declared = Object.keys(checks).length === 0 ? {} : { checks };
  return fingerprint({ name, baseline, hypotheses, ...declared, conditions });
}

/**
 * Validates a declaration, fills defaults in, expands it and gives everything its fingerprint.
 *
 * @throws {InvalidSpecError} naming every place that is wrong, before any compute is spent
 */
export function resolveExperiment(declared: Settings): ResolvedExperiment {
  refuseFormerKeys(declared);
  const experiment = parseSpec(experimentSchema, declared, '');
  const conditions = resolveConditions(experiment);
  // A crossed matrix names the baseline of all its cells: `base` means `base/latent` among the latent ones.
  const isBaseline = ({ name }: ResolvedCondition): boolean =>
    name === experiment.baseline || name.startsWith(`${experiment.baseline}/`);
  const arms = conditions.filter(({ condition }) => condition.collect === undefined);
  if (!arms.some(isBaseline)) {
    const names = arms.map((condition) => condition.name).join(', ');
    throw new InvalidSpecError(`baseline: found "${experiment.baseline}", expected one of ${names}`);
  }
  const { name, question, baseline, source, hypotheses, checks } = experiment;
  checkChains(conditions);
  checkHypotheses({ hypotheses, checks }, conditions);
  const id = experimentIdOf({ name, baseline, hypotheses, checks, conditions });
  const seeds = expandSeeds('seeds', experiment.seeds);
  return { id, name, question, baseline, source, hypotheses, checks, seeds, conditions };
}
