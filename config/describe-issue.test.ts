import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { describeFaults } from './invalid-spec-error.ts';

const schema = z.strictObject({
  steps: z.number().int().min(0),
  rate: z.number().gt(0).lt(1),
  kind: z.enum(['cosine', 'linear']),
  names: z.array(z.string()).min(1).max(2),
  parts: z.array(z.union([z.string(), z.strictObject({ name: z.string(), weight: z.number().min(1) })])),
  labels: z.record(z.string().regex(/^[a-z]+$/, 'a label is lower-case letters'), z.number()),
  switch: z.boolean(),
  choice: z.discriminatedUnion('type', [
    z.object({ type: z.literal('mean') }),
    z.object({ type: z.literal('sum') }),
  ]),
});

const right = {
  steps: 3,
  rate: 0.5,
  kind: 'cosine',
  names: ['a'],
  parts: ['x', { name: 'y', weight: 2 }],
  labels: { a: 1 },
  switch: true,
  choice: { type: 'mean' },
};

function faultsOf(change: object): string[] {
  const input = { ...right, ...change };
  return describeFaults(schema.safeParse(input).error, { schema, input, place: 'demo' });
}

const cases: readonly (readonly [string, object, readonly string[]])[] = [
  ['a number too small', { steps: -5 }, ['demo.steps: found -5, expected 0 or more']],
  ['a bound that is not met itself', { rate: 1 }, ['demo.rate: found 1, expected less than 1']],
  ['a fraction for a count', { steps: 1.5 }, ['demo.steps: found 1.5, expected a whole number']],
  ['text for a number', { rate: 'half' }, ['demo.rate: found "half", expected a number']],
  ['nothing', { switch: undefined }, ['demo.switch: found nothing, expected true or false']],
  [
    'a misspelt choice',
    { kind: 'cosin' },
    ['demo.kind: found "cosin", expected one of cosine, linear; the nearest is "cosine"'],
  ],
  ['an empty list', { names: [] }, ['demo.names: found [], expected 1 item or more']],
  [
    'a list too long',
    { names: ['a', 'b', 'c'] },
    ['demo.names: found ["a","b","c"], expected 2 items or less'],
  ],
  [
    'a value of no choice of a union',
    { parts: [3] },
    ['demo.parts.0: found 3, expected text or settings (key: value)'],
  ],
  [
    'a fault inside the choice of a union that was meant',
    { parts: [{ name: 'y', weight: 0, wieght: 1 }] },
    [
      'demo.parts.0.weight: found 0, expected 1 or more',
      'demo.parts.0.wieght: unknown key "wieght"; the nearest valid key is "weight"',
    ],
  ],
  [
    'a name that the schema refuses in its own words',
    { labels: { A: 1 } },
    ['demo.labels.A: found the name "A"; a label is lower-case letters'],
  ],
  [
    'a choice that nothing distinguishes',
    { choice: { type: 'summ' } },
    ['demo.choice.type: found "summ", expected one of mean, sum; the nearest is "sum"'],
  ],
  ['an unknown key', { step: 1 }, ['demo.step: unknown key "step"; the nearest valid key is "steps"']],
];

for (const [what, change, expected] of cases)
  test(`a fault says what was found and what was expected: ${what}`, () => {
    assert.deepEqual(faultsOf(change), expected);
  });

test('a long value is cut, and a fault of no schema keeps its own words', () => {
  assert.match(faultsOf({ rate: 'x'.repeat(500) })[0]!, /found "x{59}…, expected a number$/);
  const from = { schema, input: right, place: 'demo' };
  assert.deepEqual(describeFaults(new RangeError('too far'), from), ['demo: too far']);
});
