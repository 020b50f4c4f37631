import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import type { CollectedRollout, CollectedRun } from './collector.ts';
import { collectors, openCollector } from './index.ts';

/** Two passes through a pool of two problems, two rollouts each. */
const sampled: readonly CollectedRollout[] = [
  ['correct', 'incorrect'],
  ['correct', 'correct'],
  ['incorrect', 'incorrect'],
  ['correct', 'correct'],
].flatMap((outcomes, pass) =>
  outcomes.map((outcome, sampleIndex): CollectedRollout => ({
    step: Math.floor(pass / 2),
    problemIndex: pass % 2,
    sampleIndex,
    address: { seed: 9, index: pass % 2 },
    poolIndex: pass % 2,
    prompt: `p${pass % 2}`,
    completion: `c${pass}${sampleIndex}`,
    outcome: outcome as CollectedRollout['outcome'],
  })),
);

function collect(name: string, options: object = {}) {
  const opened = openCollector(name, options);
  return opened.collector.collect(sampled, opened.options);
}

test('rollouts become rows in the order in which they were sampled, all of them or the correct ones', () => {
  const completions = (options: object) => collect('rollouts', options).map((row) => row['completion']);
  assert.deepEqual(
    completions({}),
    sampled.map(({ completion }) => completion),
  );
  assert.deepEqual(completions({ keep: 'correct' }), ['c00', 'c10', 'c11', 'c30', 'c31']);
});

test('problems are ranked by the variance of their accuracy over the passes', () => {
  // Problem 0 is right in 1 of 2, then in none: accuracies 0.5 and 0. Problem 1 is always right.
  assert.deepEqual(collect('ranked-problems'), [
    { poolIndex: 0, variance: 0.0625, passes: 2 },
    { poolIndex: 1, variance: 0, passes: 2 },
  ]);
});

test('a ranking needs a pool, two passes, and every step', () => {
  const { collector, options } = openCollector('ranked-problems');
  const read: CollectedRun = { steps: 4, promptsPerStep: 4, pool: 8, hasBudget: false };
  const faultOf = (change: Partial<CollectedRun>) => collector.findFault!(options, { ...read, ...change });
  assert.equal(faultOf({}), null);
  assert.match(faultOf({ pool: null })!, /fresh problems/);
  assert.match(faultOf({ steps: 3 })!, /less than twice/);
  assert.match(faultOf({ hasBudget: true })!, /budget/);
});

const page = readFileSync(new URL('../docs/chains.md', import.meta.url), 'utf8');

for (const { name, description, optionsSchema } of collectors) {
  test(`docs/chains.md has a row for collector ${name} and one for each of its options`, () => {
    assert.match(description, /\.$/);
    assert.ok(page.includes(`| \`${name}\` | ${description} |`), `no row: ${description}`);
    const { properties = {} } = z.toJSONSchema(optionsSchema, { io: 'input' });
    for (const [field, schema] of Object.entries(properties)) {
      const { default: value, description: sentence } = schema as z.core.JSONSchema.BaseSchema;
      const row = `| \`${name}\` | \`${field}\` | \`${JSON.stringify(value)}\` | ${sentence} |`;
      assert.ok(page.includes(row), `docs/chains.md lacks: ${row}`);
    }
  });
}

test('a collector that chooses by verdicts sees labels', () => {
  const sightOf = (options: object) => {
    const opened = openCollector('rollouts', options);
    return opened.collector.sees!(opened.options);
  };
  assert.equal(sightOf({}), 'nothing');
  assert.equal(sightOf({ keep: 'correct' }), 'labels');
});
