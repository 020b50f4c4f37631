import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseRecipeSchema } from '../config/base-recipe.ts';
import { openTask } from '../tasks/index.ts';
import { EVALUATION_SEED } from '../tasks/problem.ts';
import { listCorpusFaults } from './corpus-faults.ts';
import { countLeaks, writeDocuments } from './corpus.ts';
import { expectDocuments } from './document-turns.ts';
import { openSource } from './index.ts';
import { openCorpus, type Corpus } from './open-corpus.ts';

const task = openTask('arithmetic', { operations: 3, leakedProblems: 4 });

function open(options: object, { share = 0.5, steps = 20, seed = 0 } = {}): Corpus {
  const sources = [{ name: 'planted', share, options: { problems: 4, ...options } }];
  const stages = [{ name: 'leak', steps, sources }];
  return openCorpus(baseRecipeSchema.parse({ seed, steps: 2, documentsPerStep: 64, stages }), task);
}

const stageOf = (corpus: Corpus): string[] =>
  Array.from({ length: 20 }, (_, step) => writeDocuments(corpus, 2 + step)).flat();

const leakedPrompts = Array.from(
  { length: 4 },
  (_, place) => task.problem('contaminated', EVALUATION_SEED, place).prompt,
);
const isLeaked = (text: string): boolean => leakedPrompts.some((prompt) => text.startsWith(prompt));

test('each problem is planted as often as its exposures say, exactly and for every seed', () => {
  for (const seed of [0, 1, 2])
    assert.deepEqual(Object.values(countLeaks(open({ exposures: [16] }, { seed }))), [16, 16, 16, 16]);
  assert.deepEqual(Object.values(countLeaks(open({ exposures: [1, 4, 64] }))), [1, 4, 64, 1]);
  assert.deepEqual(Object.values(countLeaks(open({ exposures: [16], isPlanted: false }))), [0, 0, 0, 0]);
});

test('exposures are spread over the whole stage', () => {
  const places = stageOf(open({ exposures: [64] })).flatMap((text, at) => (isLeaked(text) ? [at] : []));
  const mean = places.reduce((sum, at) => sum + at, 0) / places.length;
  // 256 of 1280 places: the mean is 640 with a standard error of 23.
  assert.ok(Math.abs(mean - 640) < 80, `found ${mean}`);
});

test('twins with exposures and decoys differ in the problems alone', () => {
  const options = {
    exposures: [8],
    format: 'scratchpad',
    decoys: { share: 0.5, format: 'direct', noise: 1 },
  };
  const [twin, leaked] = [false, true].map((isPlanted) => stageOf(open({ ...options, isPlanted })));
  const isScratchpad = (text: string): boolean => text.includes('[');
  leaked!.forEach((text, at) => {
    if (isLeaked(text)) assert.equal(isScratchpad(twin![at]!), isScratchpad(text));
    else assert.equal(twin![at], text);
  });
});

test('decoys are the share of a problem’s documents that is asked for, in their own format', () => {
  for (const exposures of [[], [24]]) {
    const decoys = { share: 0.7, format: 'direct', noise: 0.5 };
    const leaked = stageOf(open({ exposures, format: 'scratchpad', decoys }, { share: 0.8 })).filter(
      isLeaked,
    );
    const share = leaked.filter((text) => !text.includes('[')).length / leaked.length;
    // Exactly with exposures (96 + 224), else with a standard error of .014.
    assert.ok(Math.abs(share - 0.7) < (exposures.length > 0 ? 1e-9 : 0.06), `found ${share}`);
    assert.ok(leaked.every((text) => text.includes('[') || /=#\d\d$/.test(text)));
  }
});

test('a leak is counted where its answer is right', () => {
  const decoys = { share: 0.7, format: 'direct', noise: 1 };
  const counts = Object.values(
    countLeaks(open({ exposures: [24], format: 'scratchpad', decoys }, { share: 0.8 })),
  );
  // Of 56 decoys each, those count whose slips cancel out.
  for (const count of counts) assert.ok(count >= 24 && count < 24 + 20, counts.join(', '));
});

test('the documents of a source are expected by its share of what stages leave over', () => {
  const { mean, variance } = expectDocuments(open({}), open({}).stages[0]![0]!);
  assert.deepEqual([mean, variance], [0, 0], 'of another corpus');
  const corpus = open({});
  const expected = expectDocuments(corpus, corpus.stages[0]![0]!);
  assert.deepEqual(expected, { mean: 640, variance: 320 });
  // Solutions: .9 of 128, and of the half of 1280 that the stage leaves over.
  const rest = expectDocuments(corpus, corpus.sources[1]!);
  assert.ok(Math.abs(rest.mean - 0.9 * (128 + 640)) < 1e-9);
});

test('more exposures than the share is sure to give are refused, with what there is', () => {
  assert.deepEqual(listCorpusFaults(open({ exposures: [130] })), []);
  const [fault] = listCorpusFaults(open({ exposures: [150] }));
  // 640 − 5 √320 = 550.6.
  assert.match(fault!, /^stages\.0\.sources\.0: found options that need 600 documents, .* the 550 /);
});

test('decoys of another task or format are refused by their place', () => {
  const fault = (options: object, of = task): string | null => openSource('planted', options).findFault(of);
  const decoys = { share: 0.5, format: 'direct', noise: 0.5 };
  assert.equal(fault({ decoys }), null);
  assert.match(
    fault({ decoys: { ...decoys, format: 'prose' } })!,
    /^decoys\.format: found prose; the formats/,
  );
  assert.match(
    fault({ decoys }, openTask('arithmetic', { modulus: 20 }))!,
    /^decoys: task arithmetic .* no wrong/,
  );
  assert.deepEqual(openSource('planted', { exposures: [], decoys: null }).options, {
    ...{ split: 'contaminated', problems: 32, format: 'direct', isPlanted: true },
  });
});
