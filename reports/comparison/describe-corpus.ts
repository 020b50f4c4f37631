import type { BaseRecipe, SourceEntry } from '../../config/base-recipe.ts';
import { flattenDetails } from './flatten-details.ts';

function describeSource({ name, share, options }: SourceEntry): string {
  const settings = Object.entries(flattenDetails(options)).map((option) => option.join(' '));
  const head = share === undefined ? name : `${name} ${share}`;
  return settings.length === 0 ? head : `${head} (${settings.join(', ')})`;
}

/** What a base model read, as label → text: shares and options of the sources of pretraining and of each further stage. */
export function describeCorpus({ sources, stages }: BaseRecipe): Record<string, string> {
  const corpus = sources.map(describeSource).join(', ');
  const further = stages.map(
    ({ name, steps, sources: own }) => `${name}: ${steps} steps, ${own.map(describeSource).join(', ')}`,
  );
  return { corpus, ...(further.length === 0 ? {} : { 'further stages': further.join('; ') }) };
}
