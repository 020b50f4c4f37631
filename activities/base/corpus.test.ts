import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseRecipeSchema } from '../../config/base-recipe.ts';
import { corpusDocuments, countLeaks } from './corpus.ts';
import { EVALUATION_SEED, openSubstrate } from '../run/run-context.ts';

const task = { family: 'arithmetic', operations: 2, leakedProblems: 4 };
const leak = { problems: 4, steps: 3, share: 0.5 };
const planted = baseRecipeSchema.parse({ steps: 2, documentsPerStep: 64, leak });
const control = baseRecipeSchema.parse({ ...planted, leak: { ...leak, isPlanted: false } });
const substrate = openSubstrate({ recipe: planted, task });

function textsOf(recipe: typeof planted, step: number): string[] {
  return corpusDocuments(recipe, substrate, step).map((ids) => substrate.tokenizer.decode([...ids]));
}

test('a leak stage plants its problems, its control stage plants none', () => {
  const counts = Object.values(countLeaks(planted, substrate));
  assert.equal(counts.length, 4);
  assert.ok(Math.min(...counts) > 10, `each of 4 problems occurs about 24 times, found ${counts.join(', ')}`);
  assert.deepEqual(Object.values(countLeaks(control, substrate)), [0, 0, 0, 0]);
});

test('twins differ only in the places of planted documents, and agree in their format', () => {
  for (const step of [0, 1]) assert.deepEqual(textsOf(control, step), textsOf(planted, step));
  const prompts = Array.from(
    { length: 4 },
    (_, index) => substrate.task.problem('contaminated', EVALUATION_SEED, index).prompt,
  );
  const fresh = textsOf(control, 2);
  const isDirect = (text: string): boolean => /^[^[]*=#\d\d/.test(text);
  textsOf(planted, 2).forEach((text, position) => {
    const isPlanted = prompts.some((prompt) => text.startsWith(prompt));
    if (isPlanted) assert.ok(isDirect(fresh[position]!), fresh[position]);
    else assert.equal(fresh[position], text);
  });
});
