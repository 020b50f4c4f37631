import type { PolicyTokenizer, Tokenizer } from './tokenizer.ts';

/** Tokens of one character, and special tokens of any length, by id. */
interface CharacterAlphabet {
  readonly tokens: readonly string[];
  readonly special: ReadonlySet<number>;
}

/** A text holds a character outside the tokenizer's alphabet: use another text or a larger alphabet. */
export class UnknownCharacterError extends Error {
  override readonly name = 'UnknownCharacterError';
}

interface AddedTokenJson {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

/** Whether a byte-pair model can only ever produce single characters. */
function isCharacterModel(definition: Record<string, unknown>): boolean {
  const { model, normalizer, pre_tokenizer: splitter, post_processor: template, decoder } = definition;
  const { type, merges } = (model ?? {}) as { type?: unknown; merges?: unknown };
  const fuses = (decoder as { type?: unknown } | null)?.type === 'Fuse';
  const bare = (normalizer ?? splitter ?? template ?? null) === null;
  return type === 'BPE' && Array.isArray(merges) && merges.length === 0 && bare && fuses;
}

/** The alphabet of a `tokenizer.json` as `createCharacterTokenizer` writes it; null for any other tokenizer. */
export function readCharacterAlphabet(definition: Record<string, unknown>): CharacterAlphabet | null {
  if (!isCharacterModel(definition)) return null;
  const { vocab } = definition['model'] as { vocab: Record<string, number> };
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(vocab)) tokens[id] = token;
  const added = (definition['added_tokens'] ?? []) as AddedTokenJson[];
  const special = new Set(added.filter((token) => token.special).map((token) => token.id));
  for (const { id, content } of added) tokens[id] = content;
  const regular = tokens.every((token, id) => special.has(id) || [...token].length === 1);
  // An id without a token would be a hole in the array.
  return regular && tokens.length === Object.keys(tokens).length ? { tokens, special } : null;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The same ids as the general tokenizer would give, without its search for merges. */
export function wrapCharacters(
  alphabet: CharacterAlphabet,
  rest: Pick<Tokenizer, 'beginId' | 'endId' | 'padId' | 'files'>,
): Tokenizer {
  const { tokens, special } = alphabet;
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const specials = [...special].map((id) => tokens[id]!).sort((a, b) => b.length - a.length);
  const readToken = (id: number): string => {
    const token = tokens[id];
    if (token !== undefined) return token;
    throw new RangeError(`token id ${id} lies outside the tokenizer's ${tokens.length} tokens`);
  };
  const pieces = new RegExp(`${specials.map((token) => `${escapePattern(token)}|`).join('')}[^]`, 'gu');
  return {
    ...rest,
    vocabularySize: tokens.length,
    encode: (text) =>
      Int32Array.from(text.match(pieces) ?? [], (piece) => {
        const id = ids.get(piece);
        if (id !== undefined) return id;
        throw new UnknownCharacterError(
          `the character ${JSON.stringify(piece)} is not in the alphabet ${JSON.stringify(tokens.join(''))}`,
        );
      }),
    decode: (list, options) => {
      let text = '';
      for (const id of list) {
        const token = readToken(id);
        if (!(options?.skipSpecialTokens === true && special.has(id))) text += token;
      }
      return text;
    },
    offsets: (list) => {
      let at = 0;
      return Array.from(list, (id) => {
        const from = at;
        const token = readToken(id);
        if (!special.has(id)) at += token.length;
        return { from, to: at };
      });
    },
  };
}

function formatDefinition(tokens: readonly string[], specials: readonly string[]): string {
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specials.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: [],
    },
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * A tokenizer with one token per character of `alphabet` after the special tokens `pad` (id 0) and `end` (id 1). Its files
 * are an ordinary Hugging Face tokenizer (byte-pair encoding without merges) that opens in `transformers`.
 *
 * @throws RangeError when a character occurs twice
 */
export function createCharacterTokenizer(
  alphabet: string,
  special: { readonly pad: string; readonly end: string },
): PolicyTokenizer {
  const specials = [special.pad, special.end];
  const tokens = [...specials, ...alphabet];
  const twice = tokens.find((token, at) => tokens.indexOf(token) !== at);
  if (twice !== undefined) {
    throw new RangeError(`${JSON.stringify(twice)} occurs twice among the alphabet and special tokens`);
  }
  const config = {
    clean_up_tokenization_spaces: false,
    eos_token: special.end,
    model_max_length: 1_000_000,
    pad_token: special.pad,
    padding_side: 'left',
    tokenizer_class: 'PreTrainedTokenizerFast',
  };
  const files = new Map([
    ['tokenizer.json', formatDefinition(tokens, specials)],
    ['tokenizer_config.json', `${JSON.stringify(config, null, 2)}\n`],
  ]);
  const ids = { endId: 1, padId: 0 };
  return {
    ...wrapCharacters({ tokens, special: new Set([0, 1]) }, { ...ids, beginId: null, files }),
    ...ids,
  };
}
