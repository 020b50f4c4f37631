import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../config/canonical.ts';
import { countLeaks } from '../../corpora/corpus.ts';
import { declareBaseExperiment } from '../../experiments/base-experiment.ts';
import { openSubstrate, readBaseModelPlan, type Substrate } from '../run/run-context.ts';
import { corpusDocuments, hashCorpus } from './corpus.ts';

/** What the program wrote for seed 0 before corpora were made of sources. */
const HASHES = {
  'latent-strategy': 'c35d787d437390344387d3e6213b7fc7e2a61dca718e8d9fdf661253f9626f2e',
  'latent-strategy-equal-length': '6f1bb8c2200bd3e20bf60c6729a5468e75a708a7254cd810a9a66b3578f861d3',
  'no-latent-strategy': '8e5d1d3017738d12a03cf7e05684c9b51c1f8a7ec68286cab632b40aa8590a89',
  contaminated: '414d99b8ef85706d18f759e4f580ca30a5e27a8b9d17a4699be57994bae87f0b',
  decontaminated: '185797485804cc5e6c20aff751a5b5e616d5a5136664b485bed4d879a5f19940',
  boundary: 'ebe8bd6b7bf7589681155f10016d29caa04db85ece91acfd9dc65c49fcccac91',
  teacher: 'e0b9273d3e606c6fcb3b74a28df6442281d9ea117efb2070226e6a2e72391e44',
  'verbalised-confidence': 'e5cb7912ca377236c9e53f44df082ecd9f70f1783e0fa8b05a63f52fd663f122',
};

/** Plans as versions before the sources stored them. */
const FORMER = [
  {
    hash: '30b488b40788b62a01ec6a3f63743b59527476e12f9e11220cd1363f2212788e',
    planted: 186,
    plan: {
      recipe: {
        ...{ documentsPerStep: 32, factShare: 0.1, facts: 10, steps: 120 },
        formats: { direct: 0.5, scratchpad: 0.5 },
        leak: {
          ...{ format: 'direct', isPlanted: true, learningRate: 0.001, problems: 8, share: 0.3, steps: 20 },
        },
      },
      task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10, leakedProblems: 8 },
    },
  },
  {
    hash: 'f7125486704045269b6718572cfa3cfa145d6f6f7f5f9a54ef5a0cbafd21ce8c',
    planted: 380,
    plan: {
      recipe: {
        ...{ documentsPerStep: 32, factShare: 0.25, facts: 30, steps: 60 },
        formats: { direct: 0.5, search: 0.5 },
        leak: {
          ...{ format: 'direct', isPlanted: true, learningRate: 0.0005, problems: 5, share: 0.4, steps: 30 },
        },
      },
      task: { family: 'countdown', leakedProblems: 5 },
    },
  },
  {
    hash: '3d8434e0846a5729f5671b2643e6becb452337d60e0f11bfe1b507bd9bf84e79',
    planted: 0,
    plan: {
      recipe: {
        ...{ documentsPerStep: 16, factShare: 0.1, facts: 0, steps: 40, leak: null },
        formats: { direct: 0.5, scratchpad: 0.5 },
      },
      task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
    },
  },
];

/** As workers open it: from canonical JSON, whose order of formats decides which a number chooses. */
function openStored(plan: unknown): Substrate {
  return openSubstrate(readBaseModelPlan(JSON.parse(canonicalJson(plan))));
}

for (const [name, hash] of Object.entries(HASHES)) {
  test(`the corpus of ${name} is the one its committed results were made from`, () => {
    const { base: recipe, task } = declareBaseExperiment(name, 0).experiment.conditions[0]!.condition;
    assert.equal(hashCorpus(openStored({ recipe, task })), hash);
  });
}

test('a plan of an earlier version gives the corpus and the leaks that it gave', () => {
  for (const { plan, hash, planted } of FORMER) {
    const substrate = openStored(plan);
    assert.equal(hashCorpus(substrate), hash);
    const counts = Object.values(countLeaks(substrate.corpus));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      planted,
    );
  }
});

test('documents end with the end token, and hold characters of every task that the base knows', () => {
  const substrate = openStored(FORMER[0]!.plan);
  const { tokenizer } = substrate;
  const documents = corpusDocuments(substrate, 0);
  assert.equal(documents.length, 32);
  assert.ok(documents.every((ids) => ids.at(-1) === tokenizer.endId));
  assert.ok(documents.some((ids) => /^\?[a-z]{3}=#\d\d$/.test(tokenizer.decode([...ids.slice(0, -1)]))));
});
