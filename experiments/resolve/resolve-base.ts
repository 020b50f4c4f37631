import { z } from 'zod';
import type { BaseRecipe } from '../../config/base-recipe.ts';
import type { Condition } from '../../config/experiment.ts';
import { describeFaults, InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { mergeSettings, type Settings } from '../../config/merge.ts';
import { listLessons } from '../../corpora/open-corpus.ts';
import { openSource } from '../../corpora/index.ts';
import { openTask, taskNames, taskOptionsSchema } from '../../tasks/index.ts';
import { jsonl, type JsonlOptions } from '../../tasks/jsonl.ts';
import { findDeclaredBase } from '../bases/index.ts';
import { refuseFaultyRows, refuseLackingRows } from './check-rows.ts';
import { parseRecipe } from './parse-recipe.ts';

/** A base model's settings as declared: those of a named recipe under what the declaration says itself. */
interface NamedSettings {
  /** Null: no recipe is named. */
  readonly task: Settings | null;
  readonly recipe: Settings;
}

function lookUp(settings: Settings, place: string): NamedSettings {
  const { recipe: name, ...overrides } = settings;
  if (name === undefined) return { task: null, recipe: overrides };
  if (typeof name !== 'string') {
    throw new InvalidSpecError(`${place}.recipe: expected the name of a base recipe`);
  }
  const { task, recipe } = findDeclaredBase(name, `${place}.recipe`);
  return { task, recipe: mergeSettings({ ...recipe, name }, overrides) };
}

function openSettings(settings: Settings, place: string): Condition['task'] {
  const { family, ...options } = settings;
  const name = String(family);
  if (name === jsonl.name) refuseLackingRows(options, `${place}.task`);
  try {
    const task = { family: name, ...openTask(name, options).options };
    if (name === jsonl.name) refuseFaultyRows(task as unknown as JsonlOptions, options, `${place}.task`);
    return task;
  } catch (error) {
    if (error instanceof InvalidSpecError) throw error;
    const schema = taskNames.includes(name) ? taskOptionsSchema(name) : z.unknown();
    const from = { schema, input: options, place: `${place}.task` };
    throw new InvalidSpecError(describeFaults(error, from).join('\n'));
  }
}

/** The number of leaked problems is the recipe's; a task that declares another number is refused. */
function settleLeak(
  { task, declared: settings }: { readonly task: Condition['task']; readonly declared: Settings },
  recipe: BaseRecipe,
  place: string,
): Condition['task'] {
  const planted = listLessons(recipe).filter(({ split, isLeak }) => isLeak && split === 'contaminated');
  const [most] = planted.sort((a, b) => b.problems - a.problems);
  if (most === undefined || task['leakedProblems'] === undefined) return task;
  const declared = settings['leakedProblems'];
  if (declared !== undefined && declared !== most.problems) {
    throw new InvalidSpecError(
      `${place}.task.leakedProblems: found ${String(declared)}, but base.${most.place} (${most.source}) has ${most.problems}; leave it out, it follows the recipe`,
    );
  }
  return openSettings({ ...settings, leakedProblems: most.problems }, place);
}

function mergeTask(named: Settings | null, declared: Settings, place: string): Settings {
  if (named === null) return declared;
  if (named['family'] !== declared['family']) {
    throw new InvalidSpecError(
      `${place}.task.family: found "${String(declared['family'])}", but the base recipe is made for "${String(named['family'])}"`,
    );
  }
  return mergeSettings(named, declared);
}

/**
 * What a base reads that says nothing of it: the formats that the defaults of source `solutions` name, or, of a task that writes none of
 * them, each format that it does write, and no leak.
 */
function readOwnFormats(recipe: Settings, { family, ...options }: Condition['task']): Settings {
  if (recipe['sources'] !== undefined) return recipe;
  const { formats } = openTask(family, options);
  const usual = Object.keys(openSource('solutions', {}).options['formats'] as object);
  if (formats.some((format) => usual.includes(format))) return recipe;
  const even = Object.fromEntries(formats.map((format) => [format, 1]));
  const sources = [{ name: 'solutions', options: { formats: even } }];
  return { name: 'task-solutions', stages: [], ...recipe, sources };
}

/** A condition's task and its base, which fit together. */
export interface ResolvedBase {
  readonly task: Condition['task'];
  readonly base: BaseRecipe;
}

/**
 * Replaces the name of a base recipe by what experiments/bases declares. A recipe's task options hold unless the
 * declaration states others, and the number of leaked problems is said once, in the recipe.
 *
 * @param settings merged settings of a condition, with `task` and `base`
 * @throws {InvalidSpecError} for an unknown name, with the nearest; for a task that base and leak do not share
 */
export function resolveBase(settings: Settings, place: string): ResolvedBase {
  const declared = settings['task'] as Settings;
  const named = lookUp(settings['base'] as Settings, `${place}.base`);
  const merged = mergeTask(named.task, declared, place);
  const task = openSettings(merged, place);
  const base = parseRecipe(readOwnFormats(named.recipe, task), `${place}.base`);
  return { task: settleLeak({ task, declared: merged }, base, place), base };
}
