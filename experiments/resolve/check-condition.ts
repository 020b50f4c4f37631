import { z } from 'zod';
import type { Condition } from '../../config/experiment.ts';
import { describeFaults, InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { toBestTemperature } from '../../config/temperature.ts';
import { toMaxNewTokens, toMostTokens } from '../../config/training.ts';
import { findRowsFault, findSplitFault, listCorpusFaults } from '../../corpora/corpus-faults.ts';
import { openCorpus, type Corpus } from '../../corpora/open-corpus.ts';
import { openTask } from '../../tasks/index.ts';
import type { Split } from '../../tasks/problem.ts';
import { openProbe, probeNames, probeOptionsSchema } from '../../probes/index.ts';
import type { ProbeSetting } from '../../probes/probe.ts';
import { openScheme } from '../../schemes/open-scheme.ts';
import { listPartFaults } from '../../schemes/settle-scheme.ts';
import { rehearseCredit } from '../../schemes/rehearse-credit.ts';
import type { Task } from '../../tasks/task.ts';

type Fault = string | null;

const nameFault = (place: string, fault: Fault): Fault => (fault === null ? null : `${place}: ${fault}`);

function checkSplits({ evaluation, training }: Condition, corpus: Corpus): Fault[] {
  const best = toBestTemperature(evaluation.temperature);
  const chosenOn = best === null ? [] : [['temperature', best.on, evaluation.devProblems] as const];
  const read = Object.entries(evaluation.splits).map(
    ([split, problems]) => [`splits.${split}`, split, problems] as const,
  );
  const isWatched = evaluation.every > 0 && evaluation.every < training.steps;
  const watched = isWatched ? [['devProblems', 'dev', evaluation.devProblems] as const] : [];
  return [...read, ...watched, ...chosenOn].map(([place, split, problems]) => {
    const fault = findSplitFault(corpus, { split: split as Split, problems });
    return nameFault(`evaluation.${place}`, fault);
  });
}

function checkTraining({ training }: Condition): Fault {
  return training.updatesPerBatch > training.promptsPerStep
    ? `training.updatesPerBatch: found ${training.updatesPerBatch}, expected at most promptsPerStep = ${training.promptsPerStep}`
    : null;
}

/** What the parts of the scheme need of the rest of the condition. */
function checkScheme({ training, scheme }: Condition, task: Task): Fault[] {
  const open = openScheme(scheme);
  const { needs, objective } = open;
  const flaw = scheme.isTrained ? rehearseCredit(open) : null;
  const adaptive = objective.filter(({ part }) => part.adapt !== undefined);
  const rewards = scheme.rewards.map(({ name }) => name);
  const repeated = rewards.find((name, at) => rewards.indexOf(name) < at);
  return [
    repeated === undefined
      ? null
      : `scheme.rewards: found ${repeated} twice; what each reward gave is stored by its name, so name it once, with another weight`,
    ...(scheme.isTrained ? listPartFaults(scheme, training) : []).map((fault) => `scheme.${fault}`),
    flaw === null ? null : `scheme.credit: ${flaw}`,
    scheme.reference.syncEvery > 0 && !needs.has('referenceLogprobs')
      ? 'scheme.reference.syncEvery: no part of the scheme reads a reference policy; add objective term kl, for example'
      : null,
    adaptive.length > 1
      ? `scheme.objective: found ${adaptive.length} terms with an adaptive weight (${adaptive.map(({ part }) => part.name).join(', ')}), expected at most one`
      : null,
    needs.has('statedConfidence') && !task.statesConfidence
      ? `task.formats: scheme ${scheme.name} reads a stated confidence; no format of task ${task.name} states one (found ${task.formats.join(', ')})`
      : null,
  ];
}

function checkProbe(name: string, condition: Condition, setting: ProbeSetting): Fault[] {
  const { probes, splits } = condition.evaluation;
  const place = `evaluation.probes.${name}`;
  try {
    const probe = openProbe(name, probes[name]);
    const read = probe.metrics(setting).flatMap((metric) => metric.splits);
    const missing = read.find((split) => split !== '' && !Object.hasOwn(splits, split));
    if (missing !== undefined) {
      return [
        `${place}: reads split ${missing}; add it to evaluation.splits, or name other splits in the probe's options`,
      ];
    }
    const fault = probe.findFault(setting);
    return [nameFault(place, fault)];
  } catch (error) {
    const schema = probeNames.includes(name) ? probeOptionsSchema(name) : z.unknown();
    return describeFaults(error, { schema, input: probes[name], place });
  }
}

function checkProbes(condition: Condition, task: Task): Fault[] {
  const setting = { task, layers: condition.base.architecture.layers };
  return Object.keys(condition.evaluation.probes).flatMap((name) => checkProbe(name, condition, setting));
}

/** Generated prompts of a split are equally long; listed ones are all looked at. */
function longestPromptOf(task: Task, split: Split): number {
  const indexes = Array.from({ length: task.countProblems(split) ?? 1 }, (_, index) => index);
  return indexes.reduce((most, index) => Math.max(most, task.problem(split, 0, index).prompt.length), 0);
}

function checkLength(condition: Condition, task: Task): Fault {
  const splits: Split[] = [
    'train',
    ...task.splits.filter((split) => Object.hasOwn(condition.evaluation.splits, split)),
  ];
  const longestPrompt = toMostTokens(
    splits.reduce((most, split) => Math.max(most, longestPromptOf(task, split)), 0),
  );
  const completion = toMaxNewTokens(condition.training, task.maxCompletionCharacters);
  const { maxPositions } = condition.base.architecture;
  return longestPrompt + completion > maxPositions
    ? `base.architecture.maxPositions: found ${maxPositions}; prompts of ${longestPrompt} and completions of ${completion} tokens need more`
    : null;
}

function checkPool(condition: Condition, task: Task): Fault[] {
  const { training, scheme } = condition;
  const { pool, poolSamples } = training;
  const asksBase = openScheme(scheme).needs.has('pool');
  return [
    poolSamples > 0 && pool === null
      ? `training.poolSamples: found ${poolSamples}; only a fixed pool is sampled before training: set training.pool`
      : null,
    pool === null
      ? null
      : nameFault('training.pool', findRowsFault(task, { split: 'train', problems: pool })),
    asksBase && (pool === null || poolSamples === 0)
      ? `training.pool: scheme ${scheme.name} rewards the base model's majority, so it needs training.pool and training.poolSamples (64 in arXiv 2506.10947)`
      : null,
  ];
}

/**
 * What no single schema can see: settings that contradict each other or the task.
 *
 * @throws {InvalidSpecError} listing every fault with its place
 */
export function checkCondition(condition: Condition, place: string): void {
  const { family, ...options } = condition.task;
  const task = openTask(family, options);
  if (task.countProblems('train') === 0)
    throw new InvalidSpecError(
      `${place}.task.shares: split train holds none of the rows; leave it a larger share, or add rows`,
    );
  const corpus = openCorpus(condition.base, task);
  const faults = [
    ...listCorpusFaults(corpus).map((fault) => `base.${fault}`),
    ...checkSplits(condition, corpus),
    checkTraining(condition),
    ...checkScheme(condition, task),
    ...checkProbes(condition, task),
    ...checkPool(condition, task),
    checkLength(condition, task),
  ].filter((fault) => fault !== null);
  if (faults.length > 0) throw new InvalidSpecError(faults.map((fault) => `${place}.${fault}`).join('\n'));
}
