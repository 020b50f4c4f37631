import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseRecipeSchema, type BaseRecipe } from '../config/base-recipe.ts';
import { openTask } from '../tasks/index.ts';
import { EVALUATION_SEED } from '../tasks/problem.ts';
import { countLeaks, writeDocuments } from './corpus.ts';
import { openCorpus, type Corpus } from './open-corpus.ts';
import { settleRecipe } from './settle-recipe.ts';

const task = openTask('arithmetic', { operations: 2, leakedProblems: 4 });

function toRecipe(isPlanted: boolean): BaseRecipe {
  const source = { name: 'planted', share: 0.5, options: { problems: 4, isPlanted } };
  const stages = [{ name: 'leak', steps: 3, sources: [source] }];
  return settleRecipe(baseRecipeSchema.parse({ steps: 2, documentsPerStep: 64, stages })).recipe;
}

const open = (recipe: unknown): Corpus => openCorpus(baseRecipeSchema.parse(recipe), task);
const planted = open(toRecipe(true));
const control = open(toRecipe(false));
const isFact = (text: string): boolean => text.startsWith('?');

test('a stage plants its problems, its control plants none', () => {
  const counts = Object.values(countLeaks(planted));
  assert.equal(counts.length, 4);
  assert.ok(Math.min(...counts) > 10, `each of 4 problems occurs about 24 times, found ${counts.join(', ')}`);
  assert.deepEqual(Object.values(countLeaks(control)), [0, 0, 0, 0]);
});

test('twins differ only in the places of planted documents, and agree in their format', () => {
  for (const step of [0, 1]) assert.deepEqual(writeDocuments(control, step), writeDocuments(planted, step));
  const prompts = Array.from(
    { length: 4 },
    (_, index) => task.problem('contaminated', EVALUATION_SEED, index).prompt,
  );
  const fresh = writeDocuments(control, 2);
  const isDirect = (text: string): boolean => /^[^[]*=#\d\d/.test(text);
  writeDocuments(planted, 2).forEach((text, position) => {
    const isLeak = prompts.some((prompt) => text.startsWith(prompt));
    if (isLeak) assert.ok(isDirect(fresh[position]!), fresh[position]);
    else assert.equal(fresh[position], text);
  });
});

test('the last source takes what the shares of the others leave, in pretraining and beside a stage', () => {
  const stages = [{ name: 'facts', steps: 1, sources: [{ name: 'facts', share: 0.5 }] }];
  const corpus = open({ steps: 1, documentsPerStep: 2000, stages });
  const shares = [0, 1].map((step) => writeDocuments(corpus, step).filter(isFact).length / 2000);
  assert.ok(Math.abs(shares[0]! - 0.1) < 0.03, `found ${shares[0]}`);
  assert.ok(Math.abs(shares[1]! - (0.5 + 0.5 * 0.1)) < 0.04, `found ${shares[1]}`);
});

test('stages follow one another, and problems planted in pretraining are counted in all of them', () => {
  const sources = [{ name: 'planted', share: 0.5, options: { problems: 4 } }, { name: 'solutions' }];
  const stage = { name: 'more', steps: 1, sources: [] };
  const corpus = open({ steps: 1, documentsPerStep: 64, sources, stages: [stage, stage] });
  const total = Object.values(countLeaks(corpus)).reduce((sum, count) => sum + count, 0);
  assert.ok(total > 60 && total < 130, `about half of 192 documents are planted, found ${total}`);
  assert.throws(() => writeDocuments(corpus, 3), /found step 3, but making the base takes 3/);
});

test('a model knows the task of its condition and those that its sources bring, each once', () => {
  assert.deepEqual(
    planted.tasks.map(({ name }) => name),
    ['arithmetic', 'knowledge'],
  );
  const alone = open({ sources: [{ name: 'solutions' }], stages: [] });
  assert.deepEqual(alone.tasks, [task]);
  assert.deepEqual(countLeaks(alone), {});
});
