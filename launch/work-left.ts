import { toBestTemperature } from '../config/temperature.ts';
import type { Condition } from '../config/experiment.ts';
import type { RunPosition } from '../db/queries/progress.ts';
import type { ResolvedExperiment } from '../experiments/resolve/resolve.ts';

/** Texts that a matrix computes, by what is done with them. */
export interface Work {
  /** A base model is pretrained on them. */
  readonly documents: number;
  /** Sampled, and learned from. */
  readonly rollouts: number;
  /** Sampled only, by evaluations and collecting runs. */
  readonly completions: number;
}

export const kinds = ['documents', 'rollouts', 'completions'] as const satisfies readonly (keyof Work)[];

export const NO_WORK: Work = { documents: 0, rollouts: 0, completions: 0 };

/** What of a matrix is done, and what is left. */
export interface WorkState {
  readonly done: Work;
  readonly left: Work;
  /** Of the run that has most left: it cannot be shared among workers. */
  readonly longestRun: Work;
  /** Base models still to be made. */
  readonly bases: number;
  /** Train workers that have something to do now; 0: nothing has begun. */
  readonly busy: number;
}

/** How far a base model is, of which the server knows. */
export interface BaseFraction {
  readonly baseModelId: string;
  readonly fraction: number;
}

export function mapWork(change: (kind: keyof Work) => number): Work {
  return { documents: change('documents'), rollouts: change('rollouts'), completions: change('completions') };
}

function addWork(a: Work, b: Work): Work {
  return mapWork((kind) => a[kind] + b[kind]);
}

export function sumWork(work: Work, costs: Work): number {
  return kinds.reduce((sum, kind) => sum + work[kind] * costs[kind], 0);
}

function countDocuments({ base }: Condition): number {
  const steps = base.stages.reduce((sum, stage) => sum + stage.steps, base.steps);
  return steps * base.documentsPerStep;
}

/** Samples of the final evaluation and of the grid that chooses its temperature. */
function countFinalCompletions({ evaluation }: Condition): number {
  const problems = Object.values(evaluation.splits).reduce((sum, count) => sum + count, 0);
  const best = toBestTemperature(evaluation.temperature);
  const grid = best === null ? 0 : best.best.length * best.samples * evaluation.devProblems;
  return problems * evaluation.samplesPerProblem + grid;
}

/** Samples of the evaluations on the way that come with the first `steps` steps. */
function countDevCompletions({ evaluation, training }: Condition, steps: number): number {
  const { every, devProblems, devSamples } = evaluation;
  if (every === 0) return 0;
  // After the last step comes the final evaluation.
  return Math.floor(Math.max(0, Math.min(steps, training.steps - 1)) / every) * devProblems * devSamples;
}

function workOfSteps(condition: Condition, steps: number): Work {
  const { promptsPerStep, groupSize } = condition.training;
  const texts = steps * promptsPerStep * groupSize;
  if (condition.collect !== undefined) return { ...NO_WORK, completions: texts };
  return { ...NO_WORK, rollouts: texts, completions: countDevCompletions(condition, steps) };
}

/** Of one run what is done, and what is left of it. */
function workOfRun(run: RunPosition, condition: Condition): { readonly done: Work; readonly left: Work } {
  const problems = Object.values(condition.evaluation.splits).reduce((sum, count) => sum + count, 0);
  const final = condition.collect === undefined ? countFinalCompletions(condition) : 0;
  const whole = addWork(workOfSteps(condition, run.totalSteps), { ...NO_WORK, completions: final });
  if (run.status === 'completed') return { done: whole, left: NO_WORK };
  const evaluated = problems === 0 ? 0 : (final * Math.min(run.evaluated, problems)) / problems;
  const done = addWork(workOfSteps(condition, run.doneSteps), { ...NO_WORK, completions: evaluated });
  const hasEnded = run.status === 'failed' || run.status === 'cancelled';
  return { done, left: hasEnded ? NO_WORK : mapWork((kind) => Math.max(0, whole[kind] - done[kind])) };
}

/** A matrix at one moment, as its rows and its server say. */
export interface MatrixMoment {
  readonly runs: readonly RunPosition[];
  /** Base models that runs wait for, by id. */
  readonly awaited: ReadonlySet<string>;
  readonly fractions: readonly BaseFraction[];
  readonly trainWorkers: number;
}

/** Documents of every base model, made, in the making or to be made. */
function workOfBases(
  conditionOf: (run: RunPosition) => Condition,
  { runs, awaited, fractions }: MatrixMoment,
): { readonly done: number; readonly left: number } {
  const byId = new Map(runs.map((run) => [run.baseModelId, countDocuments(conditionOf(run))]));
  let [done, left] = [0, 0];
  for (const [id, documents] of byId) {
    const known = fractions.find(({ baseModelId }) => baseModelId === id)?.fraction ?? 0;
    const fraction = awaited.has(id) ? known : 1;
    done += documents * fraction;
    left += documents * (1 - fraction);
  }
  return { done, left };
}

/** What of a matrix is done and left, in texts. */
export function toWorkState(
  { conditions }: Pick<ResolvedExperiment, 'conditions'>,
  moment: MatrixMoment,
): WorkState {
  const { runs, awaited, fractions, trainWorkers } = moment;
  const byName = new Map(conditions.map(({ name, condition }) => [name, condition]));
  const known = runs.filter(({ conditionName }) => byName.has(conditionName));
  const conditionOf = ({ conditionName }: RunPosition): Condition => byName.get(conditionName)!;
  const each = known.map((run) => workOfRun(run, conditionOf(run)));
  const bases = workOfBases(conditionOf, { ...moment, runs: known });
  const sizeOf = ({ rollouts, completions }: Work): number => rollouts + completions;
  const running = runs.filter(({ status }) => status === 'running').length;
  return {
    done: each.reduce((sum, { done }) => addWork(sum, done), { ...NO_WORK, documents: bases.done }),
    left: each.reduce((sum, { left }) => addWork(sum, left), { ...NO_WORK, documents: bases.left }),
    longestRun: each.reduce((most, { left }) => (sizeOf(left) > sizeOf(most) ? left : most), NO_WORK),
    bases: awaited.size,
    busy: Math.min(trainWorkers, running + fractions.length),
  };
}
