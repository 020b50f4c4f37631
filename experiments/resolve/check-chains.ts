import { canonicalJson } from '../../config/canonical.ts';
import { listInputSources, type InputSource, type RecordedData } from '../../config/chain.ts';
import type { Condition } from '../../config/experiment.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { alphabetOf, openCorpus } from '../../corpora/open-corpus.ts';
import { openCollector, type OpenCollector } from '../../datasets/index.ts';
import { openScheme, readsTeacher } from '../../schemes/open-scheme.ts';
import { openTask } from '../../tasks/index.ts';
import { placeOfLink } from './order-chains.ts';
import type { ResolvedCondition } from './resolve.ts';

type Fault = string | null;
type FromDataset = Extract<RecordedData, { from: 'dataset' }>;

function collectorOf({ collect }: Condition): OpenCollector | null {
  return collect === undefined ? null : openCollector(collect.name, collect.options);
}

/** Characters of all that a condition's models know. */
function alphabetOfModels({ base, task: { family, ...options } }: Condition): string {
  return alphabetOf(openCorpus(base, openTask(family, options)).tasks);
}

/** Models that share tokens and problems. */
function sharesVocabulary(a: Condition, b: Condition): boolean {
  return canonicalJson(a.task) === canonicalJson(b.task) && alphabetOfModels(a) === alphabetOfModels(b);
}

function policyFault({ condition }: ResolvedCondition, source: ResolvedCondition): Fault {
  const { scheme, base, task } = source.condition;
  if (!scheme.isTrained) return `"${source.name}" trains no policy; name a condition that does`;
  if (canonicalJson({ base, task }) === canonicalJson({ base: condition.base, task: condition.task }))
    return null;
  return `"${source.name}" has another base model or task (${base.name}); a policy keeps both: declare the same`;
}

/** A teacher reads what the policy writes: in the same tokens, and no less of it. */
function teacherFault({ condition }: ResolvedCondition, source: ResolvedCondition): Fault {
  const { collect, base } = source.condition;
  if (collect !== undefined)
    return `"${source.name}" collects, and trains no policy; name one that trains, or a base arm`;
  if (!sharesVocabulary(condition, source.condition))
    return `"${source.name}" is of another task, or of a model of another vocabulary; a teacher needs the same task, and a corpus of the same tasks`;
  const { maxPositions } = base.architecture;
  return maxPositions >= condition.base.architecture.maxPositions
    ? null
    : `"${source.name}" reads ${maxPositions} tokens at most, the policy ${condition.base.architecture.maxPositions}; give both as many base.architecture.maxPositions`;
}

/** What a run that is trained asks of rollouts that it is given. */
function fitFaults({ scheme }: Condition): Fault[] {
  const { needs, gates } = openScheme(scheme);
  const hasRounds = gates.some(({ part, options }) => (part.rounds?.(options) ?? 1) > 1);
  const unrecorded = (['disparities', 'pool'] as const).filter((need) => needs.has(need));
  return [
    hasRounds
      ? `scheme ${scheme.name} may ask for further sampling rounds, which given rollouts do not have; drop the gate or its rounds`
      : null,
    unrecorded.length > 0
      ? `scheme ${scheme.name} reads ${unrecorded.join(', ')}, which given rollouts do not hold`
      : null,
  ];
}

/** The objective terms that weigh by a ratio to whatever drew the rollouts. */
function listRatioTerms({ scheme }: Condition): string[] {
  const terms = openScheme(scheme).objective.filter(({ part, options }) =>
    part.surrogate === undefined ? part.readsRatio?.(options) : part.name !== 'reinforce',
  );
  return terms.map(({ part }) => part.name);
}

/** What a run that learns from worked solutions of its task asks of the rest of the condition. */
function solutionFaults({ name, condition }: ResolvedCondition): string[] {
  const { data, scheme, collect, training, task } = condition;
  if (data?.from !== 'task' || collect !== undefined) return [];
  if (!scheme.isTrained)
    return [`conditions.${name}.data: scheme ${scheme.name} trains nothing, so it reads no data; remove it`];
  const { family, ...options } = task;
  const { formats } = openTask(family, options);
  const ratios = listRatioTerms(condition);
  return [
    ...fitFaults(condition),
    data.format === undefined || formats.includes(data.format)
      ? null
      : `format: found "${data.format}", expected one of ${formats.join(', ')}`,
    training.pool === null ? null : 'solutions are of fresh problems; remove training.pool',
    ratios.length === 0
      ? null
      : `scheme ${scheme.name} weighs by the probability with which rollouts were sampled (${ratios.join(', ')}), which written solutions do not have; ` +
        'take one of the term reinforce, such as distillation',
  ]
    .filter((fault) => fault !== null)
    .map((fault) => `conditions.${name}.data: ${fault}`);
}

/** What a run that samples asks of a dataset's problems: places in a pool, which it therefore has as well. */
function problemFaults(
  { condition }: ResolvedCondition,
  data: FromDataset,
  ranked: ResolvedCondition,
): Fault[] {
  const { pool } = condition.training;
  const { pool: rankedPool } = ranked.condition.training;
  return [
    pool === rankedPool && canonicalJson(condition.task) === canonicalJson(ranked.condition.task)
      ? null
      : `its problems are of the pool of "${ranked.name}"; declare the same task and training.pool ${rankedPool} (found ${pool})`,
    data.take !== undefined && pool !== null && data.take > pool
      ? `take: found ${data.take}, expected at most the pool's ${pool}`
      : null,
  ];
}

function vocabularyFault({ condition }: ResolvedCondition, source: ResolvedCondition): Fault {
  return sharesVocabulary(condition, source.condition)
    ? null
    : `the rollouts of "${source.name}" are of another task, or of a model of another vocabulary; both need the same task, and corpora of the same tasks`;
}

/** Rows that no ranking has ordered are read one after the other. */
function pickFault({ pick }: FromDataset): Fault {
  return pick === 'median' || pick === 'random'
    ? `pick: found ${pick}, but the rows are rollouts in the order in which they were sampled; take the first or the last`
    : null;
}

interface Chains {
  /** The condition of a fingerprint. */
  of(id: string): ResolvedCondition;
}

function datasetFaults(
  condition: ResolvedCondition,
  data: FromDataset,
  { source, chains }: { readonly source: ResolvedCondition; readonly chains: Chains },
): Fault[] {
  const opened = collectorOf(source.condition);
  if (opened === null) return [`"${source.name}" collects no dataset; name a condition with collect`];
  if (condition.condition.collect !== undefined)
    return [`a run that collects reads rollouts, not datasets: { from: "rollouts", run: … }`];
  if (!condition.condition.scheme.isTrained)
    return [`scheme ${condition.condition.scheme.name} trains nothing, so it reads no data; remove it`];
  if (opened.collector.gives === 'rollouts')
    return [vocabularyFault(condition, source), pickFault(data), ...fitFaults(condition.condition)];
  return problemFaults(condition, data, chains.of((source.condition.data as RecordedData).run));
}

function rolloutsFaults({ condition }: ResolvedCondition, source: ResolvedCondition): Fault[] {
  const opened = collectorOf(condition);
  if (opened?.collector.reads !== 'run')
    return ['rollouts of another run are for a collector that reads them, such as ranked-problems'];
  const { training, scheme, data } = source.condition;
  const samples =
    (scheme.isTrained && data?.from !== 'dataset' && data?.from !== 'task') ||
    collectorOf(source.condition)?.collector.reads === 'own';
  const { steps, promptsPerStep, pool, budget } = training;
  return [
    samples ? null : `"${source.name}" samples no rollouts of problems`,
    opened.collector.findFault?.(opened.options, {
      ...{ steps, promptsPerStep, pool },
      hasBudget: budget !== undefined,
    }) ?? null,
  ].map((fault) => (fault === null ? null : `"${source.name}": ${fault}`));
}

/** A collector that reads another run has one to read, and one that samples has none. */
function collectorFault({ condition }: ResolvedCondition): Fault {
  const opened = collectorOf(condition);
  if (opened === null) return null;
  const { name, reads } = opened.collector;
  if (reads === 'run' && condition.data?.from !== 'rollouts')
    return `collect: ${name} reads rollouts of another run; add data: { from: "rollouts", run: … }`;
  return reads === 'own' && condition.data !== undefined
    ? `data: collector ${name} samples itself; remove the data`
    : null;
}

function seedFault(condition: ResolvedCondition, source: ResolvedCondition, link: InputSource): Fault {
  const wanted = link.baseSeed === undefined ? condition.baseSeeds : [link.baseSeed];
  const missing = wanted.filter((seed) => !source.baseSeeds.includes(seed));
  return missing.length === 0
    ? null
    : `"${source.name}" has no run of base seed ${missing.join(', ')}; it has ${source.baseSeeds.join(', ')}`;
}

/** A teacher is asked where a part reads it, and nowhere else. */
function unreadTeacherFault({ condition: { scheme, models } }: ResolvedCondition): Fault {
  const isRead = readsTeacher(openScheme(scheme).needs);
  if (isRead && models?.teacher === undefined)
    return `models: scheme ${scheme.name} reads a teacher; name the run whose final policy it is: { teacher: { from: run, run: … } }`;
  return !isRead && models?.teacher !== undefined
    ? `models.teacher: no part of scheme ${scheme.name} reads a teacher; take on-policy-distillation or gkd, credit rule teacher-gap or objective term divergence, or remove it`
    : null;
}

/** What the policy's own correct rollouts teach has another name. */
function distillationFault({ condition: { scheme, data } }: ResolvedCondition): Fault {
  return scheme.name === 'distillation' && data === undefined
    ? 'data: scheme distillation learns from rollouts of another model, or from worked solutions; add { from: "dataset", run: … } or { from: "task" }, or take positive-reinforcement ' +
        'for the policy’s own'
    : null;
}

function faultsOf(condition: ResolvedCondition, chains: Chains): string[] {
  const { models, data } = condition.condition;
  const own = collectorFault(condition) ?? distillationFault(condition) ?? unreadTeacherFault(condition);
  const linked = listInputSources({ models, data }).flatMap((link) => {
    const source = chains.of(link.run);
    const faults =
      link.role === 'policy'
        ? [policyFault(condition, source)]
        : link.role === 'teacher'
          ? [teacherFault(condition, source)]
          : data?.from === 'dataset'
            ? datasetFaults(condition, data, { source, chains })
            : rolloutsFaults(condition, source);
    return [...faults, seedFault(condition, source, link)]
      .filter((fault) => fault !== null)
      .map((fault) => `${placeOfLink(condition.name, link.role)}: ${fault}`);
  });
  const given = solutionFaults(condition);
  return [...(own === null ? [] : [`conditions.${condition.name}.${own}`]), ...given, ...linked];
}

/**
 * Checks that what conditions take from each other's runs is there and fits.
 *
 * @throws {InvalidSpecError} listing every fault with its place
 */
export function checkChains(conditions: readonly ResolvedCondition[]): void {
  const byId = new Map(conditions.map((condition) => [condition.id, condition]));
  const chains = { of: (id: string) => byId.get(id)! };
  const faults = conditions.flatMap((condition) => faultsOf(condition, chains));
  if (faults.length > 0) throw new InvalidSpecError(faults.join('\n'));
}

/** Base seeds of runs that collect: those that the runs which read them have, or name. */
export function listReadSeeds(id: string, conditions: readonly ResolvedCondition[]): number[] {
  const seeds = conditions.flatMap(({ condition, baseSeeds }) =>
    listInputSources(condition)
      .filter(({ run }) => run === id)
      .flatMap(({ baseSeed }) => (baseSeed === undefined ? baseSeeds : [baseSeed])),
  );
  return [...new Set(seeds)].sort((a, b) => a - b);
}
