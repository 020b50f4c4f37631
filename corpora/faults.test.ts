import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseRecipeSchema } from '../config/base-recipe.ts';
import { describeFaults } from '../config/invalid-spec-error.ts';
import { openTask } from '../tasks/index.ts';
import { findSplitFault, listCorpusFaults } from './corpus-faults.ts';
import { openCorpus, type Corpus } from './open-corpus.ts';
import { settleRecipe } from './settle-recipe.ts';

const task = openTask('arithmetic');
const open = (recipe: object): Corpus => openCorpus(baseRecipeSchema.parse(recipe), task);

function schemaFaults(recipe: object): string {
  const { error } = baseRecipeSchema.safeParse(recipe);
  return describeFaults(error, { schema: baseRecipeSchema, input: recipe, place: 'base' }).join('\n');
}

test('shares that do not leave a rest for the last source are refused by their place', () => {
  const facts = { name: 'facts' };
  assert.match(
    schemaFaults({ sources: [facts, { name: 'solutions' }] }),
    /^base\.sources\.0\.share: found none/,
  );
  assert.match(
    schemaFaults({ sources: [{ name: 'solutions', share: 0.5 }] }),
    /^base\.sources\.0\.share: found 0\.5, expected none: the last source takes the rest/,
  );
  const halves = [{ ...facts, share: 0.5 }, { ...facts, share: 0.5 }, { name: 'solutions' }];
  assert.match(schemaFaults({ sources: halves }), /^base\.sources: found shares of 1 in all/);
  const stages = [
    { name: 'a', steps: 1, sources: halves.slice(0, 2).map((each) => ({ ...each, share: 0.6 })) },
  ];
  assert.match(schemaFaults({ stages }), /^base\.stages\.0\.sources: the shares of a stage are at most 1/);
});

test('settling fills in every option and names what cannot be opened', () => {
  const { recipe, faults } = settleRecipe(
    baseRecipeSchema.parse({
      sources: [
        { name: 'fact', share: 0.1 },
        { name: 'solutions', options: { formats: { direct: 0 } } },
      ],
      stages: [
        { name: 'leak', steps: 1, sources: [{ name: 'planted', share: 0.1, options: { problem: 3 } }] },
      ],
    }),
  );
  assert.deepEqual(faults, [
    'sources.0.name: there is no source "fact"; the nearest is "facts" of solutions, facts, planted',
    'sources.1.options.formats: at least one format needs a frequency above 0',
    'stages.0.sources.0.options.problem: unknown key "problem"; the nearest valid key is "problems"',
  ]);
  assert.equal(recipe.sources[0]!.name, 'fact');
  const settled = settleRecipe(baseRecipeSchema.parse({})).recipe;
  assert.deepEqual(settled.sources[0]!.options, { count: 200 });
  assert.deepEqual(settled.stages[0]!.sources[0]!.options, {
    ...{ split: 'contaminated', problems: 32, format: 'direct', isPlanted: true },
  });
});

test('what the task cannot do is a fault of the source, with its place', () => {
  const stages = [
    { name: 'a', steps: 1, sources: [{ name: 'planted', share: 0.1, options: { split: 'knowledge' } }] },
    { name: 'b', steps: 1, sources: [{ name: 'planted', share: 0.1, options: { format: 'prose' } }] },
  ];
  const sources = [{ name: 'solutions', options: { formats: { prose: 1 } } }];
  const known = 'the formats of task arithmetic are scratchpad, direct';
  const [solutions, split, format] = listCorpusFaults(open({ sources, stages }));
  assert.equal(solutions, `sources.0.options.formats: found prose; ${known}`);
  assert.match(
    split!,
    /^stages\.0\.sources\.0\.options\.split: found knowledge; task arithmetic has the splits/,
  );
  assert.equal(format, `stages.1.sources.0.options.format: found prose; ${known}`);
});

test('two sources that bring one task with different options are refused', () => {
  const more = { name: 'facts', share: 0.5, options: { count: 300 } };
  const [fault] = listCorpusFaults(open({ stages: [{ name: 'more', steps: 1, sources: [more] }] }));
  assert.match(fault!, /^stages\.0\.sources\.0: source facts brings task knowledge with options .*300.*200/);
});

test('a split can be asked for as far as the sources teach it', () => {
  const corpus = open({});
  assert.equal(findSplitFault(corpus, { split: 'clean', problems: 4000 }), null);
  assert.equal(findSplitFault(corpus, { split: 'knowledge', problems: 200 }), null);
  assert.match(
    findSplitFault(corpus, { split: 'knowledge', problems: 201 })!,
    /found 201 problems, but base\.sources\.0 \(facts\) teaches only 200/,
  );
  assert.match(
    findSplitFault(corpus, { split: 'contaminated', problems: 33 })!,
    /base\.stages\.0\.sources\.0 \(planted\) teaches only 32/,
  );
  const alone = open({ sources: [{ name: 'solutions' }], stages: [] });
  assert.match(
    findSplitFault(alone, { split: 'contaminated', problems: 1 })!,
    /no source of the base teaches any/,
  );
  assert.match(
    findSplitFault(alone, { split: 'knowledge', problems: 1 })!,
    /no task that the base knows has this split; it knows train, .*\(task arithmetic\)/,
  );
});
