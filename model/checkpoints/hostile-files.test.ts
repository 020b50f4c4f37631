import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { createGenerator, type Generator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { selectBackend, type BackendChoice } from '../backends/backend.ts';
import { defaultCacheDirectory } from '../backends/cache-directory.ts';
import { CheckpointFormatError } from './checkpoint-format-error.ts';
import { decodePolicy, loadPolicy } from './checkpoint.ts';
import { createCharacterTokenizer } from '../tokenizers/character-tokenizer.ts';
import { parseConfig, UnsupportedModelError } from '../network/config.ts';
import { disposePolicy } from '../network/policy.ts';
import { parseSafetensors } from './safetensors.ts';
import { createTokenizer } from '../tokenizers/tokenizer.ts';

/** Mutations of each parser's input; `FUZZ_CASES` asks for more. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 300);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261121);
/** Processor time of one case, and memory outside the heap that all of them together may leave. */
const MOST_MS = 2_000;
const MOST_BYTES = 256e6;

const directory = new URL('../../tests/fixtures/language-models/llama-gqa/', import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(name, directory));
const text = (name: string): string => read(name).toString('utf8');

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

type Json = unknown;
type Parent = Record<string | number, Json>;

/** Every place of a JSON value as its parent and key. */
function listPlaces(root: Json): [Parent, string][] {
  const places: [Parent, string][] = [];
  const open = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const key of Object.keys(value)) {
      places.push([value as Parent, key]);
      open.push((value as Parent)[key]);
    }
  }
  return places;
}

function nest(depth: number): Json {
  let value: Json = 0;
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { model: value };
  return value;
}

const hostileValues: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => -1,
  () => 0.5,
  () => 1e308,
  () => 2 ** 32 - 2,
  () => 2 ** 53 - 1,
  () => '',
  () => '\ud800',
  () => '(a+)+$',
  () => '__proto__',
  () => '../../../../etc/passwd',
  () => 'x'.repeat(100_000),
  () => [],
  () => ({}),
  () => [[], {}, null],
  () => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 3, "Regex": "(x+x+)+y"}') as Json,
  () => nest(500),
  () => Array.from({ length: 20_000 }, () => 1),
];

/** One to three places of the document changed: another value, none, that of another place, or many copies. */
function mutateJson(source: string, random: Generator): string {
  const root = JSON.parse(source) as Json;
  const times = 1 + random.integer(3);
  for (let time = 0; time < times; time += 1) {
    const places = listPlaces(root);
    if (places.length === 0) break;
    const [parent, key] = random.choose(places);
    const kind = random.integer(8);
    if (kind === 0) delete parent[key];
    else if (kind === 1) {
      const [other, otherKey] = random.choose(places);
      parent[key] = JSON.parse(JSON.stringify(other[otherKey])) as Json;
    } else parent[key] = random.choose(hostileValues)();
  }
  return JSON.stringify(root);
}

/** Bytes flipped, cut, repeated or put in. */
function mutateBytes(source: Uint8Array, random: Generator): Uint8Array {
  const bytes = Buffer.from(source);
  const at = (): number =>
    random.integer(random.uniform() < 0.7 ? Math.min(400, bytes.length) : bytes.length);
  const kind = random.integer(5);
  if (kind === 0) return bytes.subarray(0, at());
  if (kind === 1) return Buffer.concat([bytes.subarray(0, at()), bytes.subarray(at())]);
  if (kind === 2) {
    const lengths = [0n, 1n, BigInt(bytes.length), 2n ** 31n, 2n ** 53n, 2n ** 64n - 1n];
    bytes.writeBigUInt64LE(random.choose(lengths));
    return bytes;
  }
  const flips = 1 + random.integer(8);
  for (let flip = 0; flip < flips; flip += 1) bytes[at()] = random.integer(256);
  return bytes;
}

/** A file whose header is a mutation of that of `source`, with its true length. */
function mutateHeader(source: Uint8Array, random: Generator): Uint8Array {
  const view = new DataView(source.buffer, source.byteOffset);
  const end = 8 + Number(view.getBigUint64(0, true));
  const header = Buffer.from(mutateJson(Buffer.from(source.subarray(8, end)).toString('utf8'), random));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, source.subarray(end)]);
}

/** Runs `body` on so many mutations; each gives a value or an error of ours, in little time and memory. */
function assertSurvives(name: string, body: (random: Generator) => void): { accepted: number } {
  const stream = deriveStream(SEED, `fuzz/${name}`);
  const before = process.memoryUsage();
  let accepted = 0;
  for (let index = 0; index < CASES; index += 1) {
    const started = process.cpuUsage();
    try {
      body(createGenerator(stream, index));
      accepted += 1;
    } catch (error) {
      const isOurs = error instanceof CheckpointFormatError || error instanceof UnsupportedModelError;
      if (!isOurs)
        throw new Error(`${name}, seed ${SEED}, case ${index}: ${String(error)}`, { cause: error });
      assert.ok(error.message.length < 1_000, `${name}, case ${index}: a message of ${error.message.length}`);
    }
    const { user, system } = process.cpuUsage(started);
    assert.ok((user + system) / 1000 < MOST_MS, `${name}, case ${index} took ${(user + system) / 1000} ms`);
  }
  const { arrayBuffers } = process.memoryUsage();
  assert.ok(arrayBuffers - before.arrayBuffers < MOST_BYTES, `${name} left ${arrayBuffers} bytes`);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  return { accepted };
}

test('mutated safetensors files give tensors or a CheckpointFormatError', () => {
  const file = read('model.safetensors');
  const { accepted } = assertSurvives('safetensors', (random) => {
    const mutate = random.uniform() < 0.5 ? mutateHeader : mutateBytes;
    for (const { shape, values } of parseSafetensors(mutate(file, random)).values())
      assert.equal(
        shape.reduce((product, size) => product * size, 1),
        values.length,
      );
  });
  assert.ok(accepted < CASES);
});

test('mutated weights and configs give a policy of the config’s shape or an error of ours', () => {
  const config = parseConfig(text('config.json'));
  const weights = read('model.safetensors');
  assertSurvives('weights', (random) => disposePolicy(decodePolicy(config, mutateHeader(weights, random))));
  assertSurvives('config', (random) => {
    disposePolicy(decodePolicy(parseConfig(mutateJson(text('config.json'), random)), weights));
  });
});

test('mutated tokenizers give one that encodes and decodes, or an error of ours', () => {
  const general = new Map(['tokenizer.json', 'tokenizer_config.json'].map((name) => [name, text(name)]));
  const { files: characters } = createCharacterTokenizer('0123456789+-*= ', { pad: '_', end: '$' });
  for (const [name, files] of [
    ['general tokenizer', general],
    ['character tokenizer', characters],
  ] as const) {
    assertSurvives(name, (random) => {
      const mutated = new Map(
        [...files].map(([file, source]) => [
          file,
          random.uniform() < 0.8 ? mutateJson(source, random) : source,
        ]),
      );
      const tokenizer = createTokenizer(mutated);
      try {
        tokenizer.decode(tokenizer.encode('12+3= aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'));
      } catch (error) {
        // The text may hold a character that the mutation took out of the alphabet.
        if ((error as Error).name !== 'UnknownCharacterError') throw error;
      }
    });
  }
});

test('a pattern that repeats a group is refused, those of known tokenizers are not', () => {
  const definition = (pattern: string): Map<string, string> => {
    const json = JSON.parse(text('tokenizer.json')) as Record<string, unknown>;
    const splitter = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
    return new Map([
      ['tokenizer.json', JSON.stringify({ ...json, pre_tokenizer: splitter })],
      ['tokenizer_config.json', text('tokenizer_config.json')],
    ]);
  };
  for (const pattern of ['(a+)+$', '(a|aa)*b', '([a-z]+){2,}x', '(?:(?:a)*)*'])
    assert.throws(() => createTokenizer(definition(pattern)), UnsupportedModelError, pattern);
  const llama3 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  for (const pattern of [llama3, '[)+]+|\\)+|(x|y)?'])
    assert.ok(createTokenizer(definition(pattern)).encode('a b').length > 0);
});

test('documents nested without end are refused', () => {
  const deep = '{"model":'.repeat(100_000) + '1' + '}'.repeat(100_000);
  const files = new Map([
    ['tokenizer.json', `{"model": {"vocab": ${deep}}, "added_tokens": []}`],
    ['tokenizer_config.json', '{}'],
  ]);
  assert.throws(() => createTokenizer(files), CheckpointFormatError);
  assert.throws(() => parseConfig(`{"model_type": "llama", "hidden_size": ${deep}}`), CheckpointFormatError);
  const header = Buffer.from(`{"w": {"dtype": ${deep}}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  assert.throws(() => parseSafetensors(Buffer.concat([length, header])), CheckpointFormatError);
});

test('an index of shards that names files elsewhere is refused', async (t) => {
  const hostile = mkdtempSync(join(tmpdir(), 'assay-hostile-'));
  t.after(() => rmSync(hostile, { recursive: true }));
  writeFileSync(join(hostile, 'config.json'), text('config.json'));
  const names = [
    '../x.safetensors',
    '/etc/passwd',
    'a/b.safetensors',
    '..\\x.safetensors',
    '\0.safetensors',
    7,
    null,
  ];
  const indexes = names.map((name) => JSON.stringify({ weight_map: { w: name } }));
  for (const index of [...indexes, '{', '[]', '{"weight_map": 3}']) {
    writeFileSync(join(hostile, 'model.safetensors.index.json'), index);
    await assert.rejects(loadPolicy(hostile), CheckpointFormatError, index);
  }
});
