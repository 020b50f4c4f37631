import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import type { TextSpan } from '../../rollouts/token-span.ts';
import { readCharacterAlphabet, wrapCharacters } from './character-tokenizer.ts';
import { checkTokenizerDefinition } from './check-tokenizer-definition.ts';
import { CheckpointFormatError } from '../checkpoints/checkpoint-format-error.ts';
import { UnsupportedModelError } from '../network/config.ts';
import { parseJsonObject } from '../checkpoints/parse-json-object.ts';
import { findOffsets } from './token-offsets.ts';

/** Text ↔ token ids, with the files that make it a Hugging Face tokenizer. */
export interface Tokenizer {
  /** ids are in [0, vocabularySize); the model's vocabulary may be larger */
  readonly vocabularySize: number;
  readonly beginId: number | null;
  readonly endId: number | null;
  readonly padId: number | null;
  /** `tokenizer.json` and `tokenizer_config.json` by name */
  readonly files: ReadonlyMap<string, string>;
  /** Ids of `text`; special tokens written in it are recognised, those of the template are added only when asked for. */
  encode(text: string, options?: { addSpecialTokens?: boolean }): Int32Array;
  decode(ids: Iterable<number>, options?: { skipSpecialTokens?: boolean }): string;
  /** [T] where each token stands in the text that `decode` gives without special tokens, whose own spans are empty. */
  offsets(ids: Iterable<number>): TextSpan[];
}

/** A tokenizer that certainly has an end and a pad token: what sampling and training need. */
export interface PolicyTokenizer extends Tokenizer {
  readonly endId: number;
  readonly padId: number;
}

/** The parsed `tokenizer_config.json`; a special token is its text or an object that holds it. */
export interface TokenizerConfigJson {
  readonly [key: string]: unknown;
}

/** The text of a special token named in `tokenizer_config.json`, null when there is none. */
function readSpecialToken(config: TokenizerConfigJson, key: string): string | null {
  const value = config[key];
  if (typeof value === 'string') return value;
  const content = (value as { content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content : null;
}

/** Spreading a large model's ids into one call would overflow the stack. */
function largestOf(ids: Iterable<number>): number {
  let largest = -1;
  for (const id of ids) largest = Math.max(largest, id);
  return largest;
}

/** What the tokenizer library throws over a definition it cannot use, as an error of the checkpoint. */
function guarded<Result>(body: () => Result): Result {
  try {
    return body();
  } catch (cause) {
    if (cause instanceof CheckpointFormatError || cause instanceof UnsupportedModelError) throw cause;
    const message = String((cause as Error).message).slice(0, 200);
    throw new CheckpointFormatError(`tokenizer.json cannot be used: ${message}`, { cause });
  }
}

/**
 * A tokenizer from the texts of `tokenizer.json` and `tokenizer_config.json`.
 *
 * @throws CheckpointFormatError when a file is missing or malformed
 * @throws UnsupportedModelError when one of its patterns may never end
 */
export function createTokenizer(files: ReadonlyMap<string, string>): Tokenizer {
  const [definition, config] = ['tokenizer.json', 'tokenizer_config.json'].map((name) => {
    const text = files.get(name);
    if (text === undefined) throw new CheckpointFormatError(`the tokenizer lacks ${name}`);
    return parseJsonObject(text, name);
  }) as [Record<string, unknown>, TokenizerConfigJson];
  checkTokenizerDefinition(definition);
  const tokenizer = guarded(() => new HuggingFaceTokenizer(definition, config));
  const findId = (key: string): number | null => {
    const token = readSpecialToken(config, key);
    return token === null ? null : guarded(() => tokenizer.token_to_id(token) ?? null);
  };
  const specials = { beginId: findId('bos_token'), endId: findId('eos_token'), padId: findId('pad_token') };
  const alphabet = readCharacterAlphabet(definition);
  if (alphabet !== null) return guarded(() => wrapCharacters(alphabet, { ...specials, files }));
  const decode = (ids: readonly number[], skipsSpecialTokens: boolean): string => {
    if (ids.length === 0) return '';
    const settings = {
      skip_special_tokens: skipsSpecialTokens,
      clean_up_tokenization_spaces: config['clean_up_tokenization_spaces'] === true,
    };
    return guarded(() => tokenizer.decode([...ids], settings));
  };
  return {
    ...specials,
    vocabularySize: guarded(() => largestOf(tokenizer.get_vocab(true).values())) + 1,
    files,
    encode: (text, options) => {
      const settings = { add_special_tokens: options?.addSpecialTokens ?? false };
      return Int32Array.from(guarded(() => tokenizer.encode(text, settings).ids));
    },
    decode: (ids, options) => decode([...ids], options?.skipSpecialTokens ?? false),
    offsets: (ids) => findOffsets(ids, (some) => decode(some, true)),
  };
}

/**
 * Loads the tokenizer of a Hugging Face model directory.
 *
 * @throws CheckpointFormatError when a file is malformed
 */
export async function loadTokenizer(directory: string): Promise<Tokenizer> {
  const names = ['tokenizer.json', 'tokenizer_config.json'];
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return createTokenizer(new Map(names.map((name, at) => [name, texts[at]!])));
}
