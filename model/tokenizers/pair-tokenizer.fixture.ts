import { createTokenizer, type PolicyTokenizer } from './tokenizer.ts';

const SPECIALS = ['<pad>', '<end>'];

/**
 * A byte-pair tokenizer whose tokens are the special ones `<pad>` (id 0) and `<end>` (id 1), the characters of `alphabet`, and
 * then `pairs`, each made of two tokens before it: the smallest whose tokens are not characters.
 */
export function createPairTokenizer(
  alphabet: string,
  pairs: readonly (readonly [string, string])[],
): PolicyTokenizer {
  const tokens = [...SPECIALS, ...alphabet, ...pairs.map((pair) => pair.join(''))];
  const definition = {
    version: '1.0',
    added_tokens: SPECIALS.map((content, id) => ({
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
      unk_token: null,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: pairs,
    },
  };
  const config = { eos_token: '<end>', pad_token: '<pad>', clean_up_tokenization_spaces: false };
  const files = new Map([
    ['tokenizer.json', JSON.stringify(definition)],
    ['tokenizer_config.json', JSON.stringify(config)],
  ]);
  return { ...createTokenizer(files), endId: 1, padId: 0 };
}
