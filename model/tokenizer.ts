import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { readCharacterAlphabet, wrapCharacters } from './character-tokenizer.ts';
import { CheckpointFormatError } from './checkpoint-format-error.ts';

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

function parseObject(text: string, name: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json))
      return json as Record<string, unknown>;
  } catch (cause) {
    throw new CheckpointFormatError(`${name} is not JSON`, { cause });
  }
  throw new CheckpointFormatError(`${name} must hold an object`);
}

/**
 * A tokenizer from the texts of `tokenizer.json` and `tokenizer_config.json`.
 *
 * @throws CheckpointFormatError when a file is missing or malformed
 */
export function createTokenizer(files: ReadonlyMap<string, string>): Tokenizer {
  const [definition, config] = ['tokenizer.json', 'tokenizer_config.json'].map((name) => {
    const text = files.get(name);
    if (text === undefined) throw new CheckpointFormatError(`the tokenizer lacks ${name}`);
    return parseObject(text, name);
  }) as [Record<string, unknown>, TokenizerConfigJson];
  const tokenizer = new HuggingFaceTokenizer(definition, config);
  const findId = (key: string): number | null => {
    const token = readSpecialToken(config, key);
    return token === null ? null : (tokenizer.token_to_id(token) ?? null);
  };
  const specials = { beginId: findId('bos_token'), endId: findId('eos_token'), padId: findId('pad_token') };
  const alphabet = readCharacterAlphabet(definition);
  if (alphabet !== null) return wrapCharacters(alphabet, { ...specials, files });
  return {
    ...specials,
    vocabularySize: Math.max(...tokenizer.get_vocab(true).values()) + 1,
    files,
    encode: (text, options) =>
      Int32Array.from(tokenizer.encode(text, { add_special_tokens: options?.addSpecialTokens ?? false }).ids),
    decode: (ids, options) => {
      const list = [...ids];
      if (list.length === 0) return '';
      return tokenizer.decode(list, {
        skip_special_tokens: options?.skipSpecialTokens ?? false,
        clean_up_tokenization_spaces: config['clean_up_tokenization_spaces'] === true,
      });
    },
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
