import type { ExperimentInput } from '../config/experiment.ts';
import type { HypothesisInput } from '../config/hypothesis.ts';
import { InvalidSpecError } from '../config/invalid-spec-error.ts';
import { isSettings, mergeSettings, type Settings } from '../config/merge.ts';
import { scaleNames, scales, type ScaleName, type ScaleSettings } from './scales.ts';

/** An experiment with hypotheses, declared once for every scale; a key of `scales` says what differs at that scale alone. */
export interface ClaimInput extends Omit<ExperimentInput, 'hypotheses' | 'source' | 'bases' | 'seeds'> {
  readonly source: string;
  readonly hypotheses: readonly HypothesisInput[];
  readonly scales?: Partial<Record<ScaleName, Partial<ScaleSettings>>>;
}

/**
 * Declares a claim in a TypeScript file.
 *
 * @example
 * export const claim = defineClaim({
 *   name: 'negative-reinforcement', source: 'arXiv 2506.01347', question: '…', task: { family: 'arithmetic' },
 *   base: 'boundary', conditions: { nsr: { scheme: 'negative-reinforcement' } },
 *   hypotheses: [{ claim: 'NSR keeps pass@16', treatment: 'nsr', control: 'base', metric: { name: 'pass@k', split: 'clean', k: 16 },
 *     alternative: 'noninferior', margin: { value: 0.02, unit: 'fraction' }, reported: 'noninferior' }],
 * });
 */
export function defineClaim(claim: ClaimInput): ClaimInput {
  return claim;
}

/** Overrides a base recipe wherever one is named, because naming a recipe drops what was overridden before. */
function scaleRecipe(named: unknown, overrides: Settings): unknown {
  if (named === null || named === undefined) return named;
  const settings = typeof named === 'string' ? { recipe: named } : (named as Settings);
  return mergeSettings(settings, overrides);
}

function scaleCondition(condition: unknown, overrides: Settings): unknown {
  if (!isSettings(condition)) return condition;
  const scaled = { ...condition };
  if (scaled['base'] !== undefined) scaled['base'] = scaleRecipe(scaled['base'], overrides);
  return scaled;
}

function mapValues(values: unknown, map: (value: unknown) => unknown): Settings {
  return Object.fromEntries(
    Object.entries((values ?? {}) as Settings).map(([key, value]) => [key, map(value)]),
  );
}

/**
 * k of every metric in a hypothesis or check, at most what the samples estimate (n >= 4k): only for the scale that shows that the
 * parts work and says nothing about the claim.
 */
function limitK(compared: unknown, samplesPerProblem: number): unknown {
  if (!isSettings(compared)) return compared;
  const most = Math.max(1, Math.floor(samplesPerProblem / 4));
  const limit = (metric: unknown): unknown =>
    isSettings(metric) && typeof metric['k'] === 'number'
      ? { ...metric, k: Math.min(metric['k'], most) }
      : metric;
  const { metric, controlMetric, metrics } = compared;
  return {
    ...compared,
    metric: limit(metric),
    ...(controlMetric === undefined ? {} : { controlMetric: limit(controlMetric) }),
    ...(metrics === undefined ? {} : { metrics: mapValues(metrics, limit) }),
  };
}

/** The untrained base as sampled in training, as well as a temperature alone makes it, and greedy; and what a gain must beat. */
const STANDING_CONTROLS = [
  'base',
  'base-best-temperature',
  'base-greedy',
  'format-only',
  'random-reward',
  'ground-truth',
];

/** The experiment that a claim means at a scale, not validated yet; it is named after both. */
export function scaleClaim(claim: Settings, scale: ScaleName): Settings {
  const { scales: own, ...declared } = claim;
  if (typeof declared['source'] !== 'string')
    throw new InvalidSpecError('source: a claim names where it comes from, e.g. "arXiv 2506.01347"');
  const settings = mergeSettings(
    scales[scale] as unknown as Settings,
    ((own as Settings | undefined)?.[scale] as Settings | undefined) ?? {},
  ) as unknown as ScaleSettings;
  const evaluation = mergeSettings((declared['evaluation'] ?? {}) as Settings, settings.evaluation);
  const samples = Number(evaluation['samplesPerProblem']);
  const settle = (compared: unknown): unknown => (scale === 'tiny' ? limitK(compared, samples) : compared);
  const scaleAll = (value: unknown): unknown => scaleCondition(value, settings.base);
  const laidOver = (key: 'conditions' | 'axes'): Settings =>
    mergeSettings((declared[key] ?? {}) as Settings, settings[key] ?? {});
  return {
    ...(scaleAll(declared) as Settings),
    name: `${String(declared['name'])}-${scale}`,
    baseline: declared['baseline'] ?? 'base',
    controls: declared['controls'] ?? STANDING_CONTROLS,
    base: scaleRecipe(declared['base'] ?? {}, settings.base),
    training: mergeSettings((declared['training'] ?? {}) as Settings, settings.training),
    evaluation,
    conditions: mapValues(laidOver('conditions'), scaleAll),
    axes: mapValues(laidOver('axes'), (labels) => mapValues(labels, scaleAll)),
    hypotheses: ((declared['hypotheses'] ?? []) as unknown[]).map(settle),
    ...(declared['checks'] === undefined ? {} : { checks: mapValues(declared['checks'], settle) }),
    bases: settings.bases,
    seeds: settings.seeds,
  };
}

/**
 * The looks that a claim declares for a scale; undefined: none.
 *
 * @param bases that the scale has
 * @throws {InvalidSpecError} unless they are two or more numbers of bases that rise to all of them
 */
export function looksOf(claim: Settings, scale: ScaleName, bases: number): number[] | undefined {
  const own = (claim['scales'] as Settings | undefined)?.[scale] as Settings | undefined;
  const looks = own?.['looks'];
  if (looks === undefined) return undefined;
  const isCounts = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((each) => Number.isInteger(each));
  // One base has no spread to decide by.
  const isRising = isCounts(looks) && looks.every((each, i) => each > (looks[i - 1] ?? 1));
  if (isRising && looks.length > 1 && looks.at(-1) === bases) return looks;
  throw new InvalidSpecError(
    `scales.${scale}.looks: found ${JSON.stringify(looks)}, expected two or more numbers of bases from 2 on that rise to the ${bases} ` +
      `that the scale has, e.g. [5, 10, 15] of 15`,
  );
}

/** @throws {InvalidSpecError} */
export function parseScale(text: string): ScaleName {
  const found = scaleNames.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidSpecError(`--scale: found "${text}", expected one of ${scaleNames.join(', ')}`);
}
