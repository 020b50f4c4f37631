import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveExperiment } from './resolve.ts';

const declared = { name: 'demo', question: 'Why?', task: { family: 'arithmetic' } };

function refusalOf(change: object): string {
  try {
    resolveExperiment({ ...declared, ...change });
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

test('a fault of the experiment’s own defaults is named there, and no condition that nobody wrote', () => {
  assert.equal(refusalOf({ training: { steps: -5 } }), 'training.steps: found -5, expected 0 or more');
  assert.equal(
    refusalOf({ task: { family: 'arithmetic', operatons: 2 }, conditions: { a: {} } }),
    'task.operatons: unknown key "operatons"; the nearest valid key is "operations"',
  );
});

test('a fault of a condition or an axis is named where it stands, the later one where both say it', () => {
  const training = { steps: -5 };
  assert.equal(
    refusalOf({ conditions: { a: { training } } }),
    'conditions.a.training.steps: found -5, expected 0 or more',
  );
  const axes = { length: { short: { training } } };
  assert.equal(
    refusalOf({ axes, conditions: { a: {} } }),
    'axes.length.short.training.steps: found -5, expected 0 or more',
  );
  assert.equal(
    refusalOf({ training: { steps: 4 }, conditions: { a: { training } } }),
    'conditions.a.training.steps: found -5, expected 0 or more',
  );
});

test('a contradiction with an inherited key names the condition too', () => {
  const conditions = { a: { training: { promptsPerStep: 2 } } };
  assert.equal(
    refusalOf({ training: { updatesPerBatch: 4 }, conditions }),
    'training.updatesPerBatch: found 4, expected at most promptsPerStep = 2 (in condition a)',
  );
});

test('options of rewards, collectors and probes name the nearest one, in plain words', () => {
  const rewards = [{ name: 'length', options: { buferShare: 0.2 } }];
  assert.equal(
    refusalOf({ conditions: { a: { scheme: { name: 'grpo', rewards } } } }),
    'conditions.a.scheme.rewards.0.options.buferShare: unknown key "buferShare"; the nearest valid key is "bufferShare"',
  );
  assert.match(
    refusalOf({ conditions: { a: { scheme: { name: 'grpo', rewards: ['verifer'] } } } }),
    /^conditions\.a\.scheme\.rewards\.0: there is no reward "verifer"; the nearest is "verifier"/,
  );
  assert.equal(
    refusalOf({ conditions: { a: {}, c: { collect: { name: 'rollouts', options: { kep: 1 } } } } }),
    'conditions.c.collect.options.kep: unknown key "kep"; the nearest valid key is "keep"',
  );
  assert.equal(
    refusalOf({ evaluation: { probes: { 'base-perplexity': { split: [] } } } }),
    'evaluation.probes.base-perplexity.split: unknown key "split"; the nearest valid key is "splits"',
  );
});

test('a seed that is listed twice is refused with what to write', () => {
  assert.equal(
    refusalOf({ seeds: [0, 0] }),
    'seeds: found 0 twice in [0, 0], expected different ones; for as many from 0 on write seeds: 2',
  );
  assert.match(refusalOf({ bases: [3, 4, 3] }), /^bases: found 3 twice in \[3, 4, 3\]/);
});
