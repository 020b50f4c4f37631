import { z } from 'zod';
import type { BaseRecipe } from '../config/base-recipe.ts';
import { describeFaults } from '../config/invalid-spec-error.ts';
import { openSource, sourceNames, sourceOptionsSchema } from './index.ts';

interface Entry {
  readonly name: string;
  readonly options: Record<string, unknown>;
}

function describeEntryFaults({ name, options }: Entry, error: unknown, place: string): string[] {
  if (!sourceNames.includes(name))
    return describeFaults(error, { schema: z.unknown(), input: name, place: `${place}.name` });
  return describeFaults(error, {
    schema: sourceOptionsSchema(name),
    input: options,
    place: `${place}.options`,
  });
}

/** The recipe with every option of every source filled in, and what cannot be opened; a source at fault stays as it is. */
export function settleRecipe(recipe: BaseRecipe): {
  readonly recipe: BaseRecipe;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const settle = <E extends Entry>(entry: E, place: string): E => {
    try {
      return { ...entry, options: openSource(entry.name, entry.options).options };
    } catch (error) {
      faults.push(...describeEntryFaults(entry, error, place));
      return entry;
    }
  };
  const sources = recipe.sources.map((entry, at) => settle(entry, `sources.${at}`));
  const stages = recipe.stages.map((stage, i) => ({
    ...stage,
    sources: stage.sources.map((entry, at) => settle(entry, `stages.${i}.sources.${at}`)),
  }));
  return { recipe: { ...recipe, sources, stages }, faults };
}
