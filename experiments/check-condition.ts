import type { Condition } from '../spec/experiment.ts';
import { InvalidSpecError } from '../spec/invalid-spec-error.ts';
import { usesReference } from '../spec/scheme.ts';
import { toMaxNewTokens } from '../spec/training.ts';
import { openTask } from '../tasks/index.ts';
import type { Split } from '../tasks/problem.ts';
import { openProbe } from '../probes/index.ts';
import type { ProbeSetting } from '../probes/probe.ts';
import { openReward } from '../rewards/index.ts';
import type { RewardNeed } from '../rewards/reward-component.ts';
import type { Task } from '../tasks/task.ts';

type Fault = string | null;

function checkFormats(condition: Condition, task: Task): Fault[] {
  const { formats, leak } = condition.base;
  const known = `the formats of task ${task.name} are ${task.formats.join(', ')}`;
  const unknown = Object.keys(formats).filter((format) => !task.formats.includes(format));
  const hasMass = Object.values(formats).some((share) => share > 0);
  return [
    ...unknown.map((format) => `base.formats.${format}: ${known}`),
    hasMass ? null : 'base.formats: at least one format needs a share above 0',
    leak !== null && !task.formats.includes(leak.format)
      ? `base.leak.format: found "${leak.format}"; ${known}`
      : null,
  ];
}

function checkSplit(condition: Condition, task: Task, [split, problems]: [string, number]): Fault {
  const { base } = condition;
  const place = `evaluation.splits.${split}: ${problems} problems`;
  if (split === 'knowledge') {
    return problems <= base.facts ? null : `${place}, but the base learns only base.facts = ${base.facts}`;
  }
  if (!task.splits.includes(split as Split)) {
    return `evaluation.splits.${split}: task ${task.name} has the splits ${task.splits.join(', ')}`;
  }
  if (split === 'contaminated' && problems > (base.leak?.problems ?? 0)) {
    return `${place}, but only base.leak.problems = ${base.leak?.problems ?? 0} are planted`;
  }
  return null;
}

function checkTraining({ training, scheme }: Condition): Fault[] {
  const needsGroup = scheme.advantage.baseline !== 'none' || scheme.advantage.scale === 'group';
  return [
    training.updatesPerBatch > training.promptsPerStep
      ? `training.updatesPerBatch: found ${training.updatesPerBatch}, expected at most promptsPerStep = ${training.promptsPerStep}`
      : null,
    scheme.isTrained && needsGroup && training.groupSize < 2
      ? `training.groupSize: found 1; scheme ${scheme.name} compares rollouts of a group, so it needs at least 2`
      : null,
  ];
}

function checkRewards({ scheme }: Condition): Fault[] {
  const faults = scheme.rewards.map(({ component, options }, i): Fault => {
    try {
      openReward(component, options);
      return null;
    } catch (error) {
      return `scheme.rewards.${i}: ${(error as Error).message}`;
    }
  });
  const { outcome } = scheme.advantage;
  const weighted = scheme.rewards.filter(({ weight }) => weight !== 0);
  const isBinary = weighted.length === 1 && weighted[0]!.weight === 1;
  return [
    ...faults,
    outcome !== 'reward' && !isBinary
      ? `scheme.rewards: advantage.outcome "${outcome}" needs one reward of 0 or 1 with weight 1; found ${weighted.length} components`
      : null,
  ];
}

/** What pass@k training and stated confidences ask of the rest of the condition. */
function checkScheme(condition: Condition, task: Task): Fault[] {
  const { training, scheme } = condition;
  const { outcome, k, baseline, scale, estimator, klInReward } = scheme.advantage;
  const isOfSets = outcome === 'pass@k';
  const reader = findNeedy(condition, 'stated-confidence');
  return [
    isOfSets && k > training.groupSize
      ? `scheme.advantage.k: found ${k}, expected at most training.groupSize = ${training.groupSize}`
      : null,
    isOfSets && (baseline !== 'group-mean' || scale === 'batch')
      ? `scheme.advantage: outcome "pass@k" goes with baseline "group-mean" and scale "group" or "none", found "${baseline}" and "${scale}"`
      : null,
    scheme.reference.syncEvery > 0 && !usesReference(scheme)
      ? 'scheme.reference.syncEvery: nothing is measured from a reference policy; set loss.beta or advantage.klInReward above 0'
      : null,
    klInReward > 0 && estimator === 'rollout' && outcome !== 'reward'
      ? `scheme.advantage.klInReward: found ${klInReward}; outcome "${outcome}" needs rewards of 0 or 1, which a penalty changes`
      : null,
    reader !== null && !task.statesConfidence
      ? `task.formats: reward ${reader} reads a stated confidence; no format of task ${task.name} states one (found ${task.formats.join(', ')})`
      : null,
  ];
}

function checkProbe(name: string, condition: Condition, setting: ProbeSetting): Fault {
  const { probes, splits } = condition.evaluation;
  const place = `evaluation.probes.${name}`;
  try {
    const probe = openProbe(name, probes[name]);
    const read = probe.metrics(setting).flatMap((metric) => metric.splits);
    const missing = read.find((split) => split !== '' && !Object.hasOwn(splits, split));
    if (missing !== undefined) {
      return `${place}: reads split ${missing}; add it to evaluation.splits, or name other splits in the probe's options`;
    }
    const fault = probe.findFault(setting);
    return fault === null ? null : `${place}: ${fault}`;
  } catch (error) {
    return `${place}: ${(error as Error).message}`;
  }
}

function checkProbes(condition: Condition, task: Task): Fault[] {
  const setting = { task, layers: condition.base.architecture.layers };
  return Object.keys(condition.evaluation.probes).map((name) => checkProbe(name, condition, setting));
}

function checkLength(condition: Condition, task: Task): Fault {
  const splits: Split[] = [
    'train',
    ...task.splits.filter((split) => Object.hasOwn(condition.evaluation.splits, split)),
  ];
  const longestPrompt = Math.max(...splits.map((split) => task.problem(split, 0, 0).prompt.length));
  const completion = toMaxNewTokens(condition.training, task.maxCompletionLength);
  const { maxPositions } = condition.base.architecture;
  return longestPrompt + completion > maxPositions
    ? `base.architecture.maxPositions: found ${maxPositions}; prompts of ${longestPrompt} and completions of ${completion} tokens need more`
    : null;
}

function checkTeacher({ scheme, teacher, base }: Condition): Fault[] {
  if (scheme.behavior === 'policy') {
    return [
      teacher === null
        ? null
        : `teacher: scheme ${scheme.name} samples from the policy itself; remove the teacher`,
    ];
  }
  if (teacher === null)
    return [`teacher: scheme ${scheme.name} samples from a teacher; declare its base recipe`];
  const sameAlphabet = teacher.facts > 0 === base.facts > 0;
  return [
    sameAlphabet
      ? null
      : 'teacher.facts: the teacher and the base share a vocabulary, so both or neither hold facts',
  ];
}

/** The first component that needs something gathered; checkRewards says what is wrong with one that cannot be opened. */
function findNeedy({ scheme }: Condition, need: RewardNeed): string | null {
  const needy = scheme.rewards.find(({ component, options }) => {
    try {
      return openReward(component, options).needs.includes(need);
    } catch {
      return false;
    }
  });
  return needy?.component ?? null;
}

function checkPool(condition: Condition): Fault[] {
  const { training, scheme } = condition;
  const { pool, poolSamples, examples } = training;
  const asksBase = findNeedy(condition, 'pool') !== null;
  return [
    poolSamples > 0 && pool === null
      ? `training.poolSamples: found ${poolSamples}; only a fixed pool is sampled before training: set training.pool`
      : null,
    examples !== null && pool === null
      ? 'training.examples: they are ranked within a pool: set training.pool'
      : null,
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
  const faults = [
    ...checkFormats(condition, task),
    ...Object.entries(condition.evaluation.splits).map((entry) => checkSplit(condition, task, entry)),
    ...checkRewards(condition),
    ...checkTraining(condition),
    ...checkScheme(condition, task),
    ...checkProbes(condition, task),
    ...checkTeacher(condition),
    ...checkPool(condition),
    checkLength(condition, task),
  ].filter((fault) => fault !== null);
  if (faults.length > 0) throw new InvalidSpecError(faults.map((fault) => `${place}.${fault}`).join('\n'));
}
