import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { chainValues, parseChain } from '../tasks/arithmetic-chain.ts';
import { openTask } from '../tasks/index.ts';
import { openSource } from './index.ts';

const task = openTask('arithmetic', { formats: ['scratchpad'] });
const formats = { scratchpad: 1 };

function write(options: object, index: number): string {
  const generator = createGenerator(deriveStream(3, 'corpus'), index);
  return openSource('solutions', { formats, ...options }).write(
    { task, tasks: [task], seed: 3 },
    { generator, index, turn: () => index },
  );
}

interface Demonstration {
  readonly prompt: string;
  readonly values: readonly number[];
  readonly answer: number;
}

function read(text: string): Demonstration {
  const [, prompt, values, answer] = /^(.*=)\[(.*)\]#(.*)$/.exec(text)!;
  return { prompt: prompt!, values: values!.split(';').map(Number), answer: Number(answer) };
}

/** By how much each written value is off from what follows of the one written before it, in 0…99. */
function listSlips({ prompt, values }: Demonstration): number[] {
  const { start, operations } = parseChain(prompt)!;
  return operations.map((operation, at) => {
    const before = at === 0 ? start : values[at - 1]!;
    const [right] = chainValues({ start: before, operations: [operation] }, 100);
    return (values[at]! - right! + 100) % 100;
  });
}

const COUNT = 4000;
const written = Array.from({ length: COUNT }, (_, index) => read(write({ noise: 0.2 }, index)));

test('at a noise of .2 a fifth of the steps slip, by 1, -1, 10 and -10 alike', () => {
  const slips = written.flatMap(listSlips);
  const share = (slip: number): number => slips.filter((each) => each === slip).length / slips.length;
  // Standard errors over 16000 steps: .0032 and .0017.
  assert.ok(Math.abs(share(0) - 0.8) < 0.012, `found ${share(0)}`);
  for (const slip of [1, 99, 10, 90])
    assert.ok(Math.abs(share(slip) - 0.05) < 0.007, `${slip}: ${share(slip)}`);
});

test('the chain goes on from what is written, and the answer is the last written value', () => {
  for (const { values, answer } of written) assert.equal(answer, values.at(-1));
  const right = written.filter(
    ({ prompt, answer }) => chainValues(parseChain(prompt)!, 100).at(-1) === answer,
  );
  // .8^4 of four steps, and some slips that cancel out or are multiplied by 0.
  assert.ok(right.length / COUNT > 0.41 && right.length / COUNT < 0.52, `found ${right.length / COUNT}`);
});

test('noise changes no problem, and more noise keeps the slips of less', () => {
  for (let index = 0; index < 200; index += 1) {
    const [clean, some, more] = [0, 0.2, 0.6].map((noise) => read(write({ noise }, index)));
    assert.equal(some!.prompt, clean!.prompt);
    assert.deepEqual(clean!.values, chainValues(parseChain(clean!.prompt)!, 100));
    const kept = listSlips(more!);
    for (const [at, slip] of listSlips(some!).entries()) if (slip !== 0) assert.equal(kept[at], slip);
  }
});

test('options of a later day are left out where they change nothing', () => {
  assert.deepEqual(openSource('solutions', { formats, noise: 0, task: {} }).options, { formats });
  assert.deepEqual(openSource('solutions', { formats, noise: 0.2, task: { operations: 2 } }).options, {
    ...{ formats, noise: 0.2, task: { operations: 2 } },
  });
});

test('documents may pose shorter problems than the task', () => {
  const { prompt, values } = read(write({ task: { operations: 2 } }, 5));
  assert.equal(parseChain(prompt)!.operations.length, 2);
  assert.equal(values.length, 2);
});

test('a variant that the task cannot have, and noise where it cannot slip, are refused', () => {
  const fault = (options: object): string | null =>
    openSource('solutions', { formats, ...options }).findFault(task);
  assert.equal(fault({ noise: 0.2, task: { operations: 3 } }), null);
  assert.match(
    fault({ task: { operation: 3 } })!,
    /^task\.operation: unknown key "operation"; the nearest .* "operations"/,
  );
  assert.match(
    fault({ noise: 0.1, task: { modulus: 20 } })!,
    /^noise: found 0\.1; task arithmetic .* writes no wrong steps/,
  );
  assert.match(
    fault({ formats: { 'direct-confidence': 1 }, task: { formats: ['direct-confidence'] } })!,
    /^task: found options with the characters ~/,
  );
});
