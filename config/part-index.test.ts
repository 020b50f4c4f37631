import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { createPartIndex, UnknownPartError, type PartEntry } from './part-index.ts';

const optionsSchema = z.strictObject({ share: z.number().default(0.2) });

function part(name: string): PartEntry<number> {
  return { name, optionsSchema, open: (options) => optionsSchema.parse(options).share };
}

test('a part is opened by name, with its defaults unless told', () => {
  const index = createPartIndex('gate', [part('mixed'), part('flat')]);
  assert.deepEqual(index.names, ['mixed', 'flat']);
  assert.equal(index.open('flat'), 0.2);
  assert.equal(index.open('flat', { share: 0.5 }), 0.5);
  assert.throws(() => index.open('flat', { shares: 0.5 }), z.ZodError);
});

test('a name that nobody has is refused with the nearest one', () => {
  const index = createPartIndex('gate', [part('mixed'), part('flat')]);
  assert.throws(
    () => index.open('mixd'),
    (error) =>
      error instanceof UnknownPartError && /no gate "mixd"; the nearest is "mixed" of/.test(error.message),
  );
});

test('two parts of one name are refused', () => {
  assert.throws(() => createPartIndex('gate', [part('mixed'), part('mixed')]), /called "mixed"/);
});
