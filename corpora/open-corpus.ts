import type { BaseRecipe, SourceEntry } from '../config/base-recipe.ts';
import type { Task } from '../tasks/task.ts';
import { openSource } from './index.ts';
import type { BoundSource, CorpusSetting, Lesson } from './source.ts';

/** A source as a recipe holds it. */
export interface PlacedSource {
  readonly source: BoundSource;
  /** Of the documents; 1 where it takes the rest. */
  readonly share: number;
  /** Its place in the recipe, e.g. `stages.0.sources.1`. */
  readonly place: string;
}

type Sourced = Pick<BaseRecipe, 'sources' | 'stages'>;

/** A corpus with its sources at hand. */
export interface Corpus extends CorpusSetting {
  readonly recipe: BaseRecipe;
  /** Of pretraining. */
  readonly sources: readonly PlacedSource[];
  /** Of each further stage. */
  readonly stages: readonly (readonly PlacedSource[])[];
}

function openAll(entries: readonly SourceEntry[], place: string): PlacedSource[] {
  return entries.map(({ name, share = 1, options }, at) => ({
    source: openSource(name, options),
    share,
    place: `${place}.${at}`,
  }));
}

function openStages({ stages }: Sourced): PlacedSource[][] {
  return stages.map(({ sources }, at) => openAll(sources, `stages.${at}.sources`));
}

/**
 * Every source of a recipe, pretraining's first.
 *
 * @throws UnknownPartError, z.ZodError for a recipe that `settleRecipe` would refuse
 */
export function listSources(recipe: Sourced): PlacedSource[] {
  return [...openAll(recipe.sources, 'sources'), ...openStages(recipe).flat()];
}

/** What a source teaches, and which of the recipe's sources it is. */
export interface PlacedLesson extends Lesson {
  readonly place: string;
  /** Name of the source. */
  readonly source: string;
}

/** What all sources of a recipe teach that an evaluation could ask for; throws as `listSources`. */
export function listLessons(recipe: Sourced): PlacedLesson[] {
  return listSources(recipe).flatMap(({ source: { name, lesson }, place }) =>
    lesson === null ? [] : [{ ...lesson, place, source: name }],
  );
}

/** Every character that the tasks' texts may hold, once each, sorted by UTF-16 units. */
export function alphabetOf(tasks: readonly Task[]): string {
  return [...new Set(tasks.map(({ alphabet }) => alphabet).join(''))].sort().join('');
}

/** The condition's task, then those that sources bring, each once. */
function listTasks(task: Task, sources: readonly PlacedSource[]): Task[] {
  const all = [task, ...sources.flatMap(({ source }) => source.tasks)];
  return all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
}

/**
 * @param task the condition's
 * @throws UnknownPartError, z.ZodError for a recipe that `settleRecipe` would refuse
 */
export function openCorpus(recipe: BaseRecipe, task: Task): Corpus {
  const sources = openAll(recipe.sources, 'sources');
  const stages = openStages(recipe);
  const tasks = listTasks(task, [...sources, ...stages.flat()]);
  return { recipe, task, tasks, seed: recipe.seed, sources, stages };
}
