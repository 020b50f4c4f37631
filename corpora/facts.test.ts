import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { weighFacts } from './facts.ts';
import { openSource } from './index.ts';

const source = openSource('facts', { count: 5, spread: 16 });

test('the most frequent fact weighs `spread` times the rarest, and the others are even between in the logarithm', () => {
  const weights = weighFacts({ count: 5, spread: 16 }, 1).sort((a, b) => a - b);
  assert.deepEqual(weights, [1, 2, 4, 8, 16]);
  assert.deepEqual(weighFacts({ count: 1, spread: 16 }, 1), [1]);
});

test('which facts are rare is another matter for each base seed', () => {
  const rarest = [0, 1, 2, 3, 4, 5].map((seed) => weighFacts({ count: 200, spread: 4 }, seed).indexOf(1));
  assert.ok(new Set(rarest).size > 4, rarest.join(', '));
});

test('documents hold facts as often as they weigh', () => {
  const weights = weighFacts({ count: 5, spread: 16 }, 7);
  const task = source.tasks[0]!;
  const prompts = weights.map((_, fact) => task.problem('knowledge', 0, fact).prompt);
  const counts = weights.map(() => 0);
  const COUNT = 6200;
  for (let index = 0; index < COUNT; index += 1) {
    const generator = createGenerator(deriveStream(7, 'test'), index);
    const text = source.write({ task, tasks: [task], seed: 7 }, { generator, index, turn: () => index });
    counts[prompts.findIndex((prompt) => text.startsWith(prompt))]! += 1;
  }
  // 200 expected of the rarest, 3200 of the most frequent; 4 standard errors.
  for (const [fact, weight] of weights.entries())
    assert.ok(Math.abs(counts[fact]! - 200 * weight) < 4 * Math.sqrt(200 * weight), counts.join(', '));
});

test('facts that are all alike keep their recipe as it was', () => {
  assert.deepEqual(openSource('facts', { count: 5, spread: 1 }).options, { count: 5 });
});
