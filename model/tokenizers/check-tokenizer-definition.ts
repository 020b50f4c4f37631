import { CheckpointFormatError } from '../checkpoints/checkpoint-format-error.ts';
import { UnsupportedModelError } from '../network/config.ts';
import { describeJson } from '../checkpoints/describe-json.ts';

/** Ids beyond this are no tokenizer's; a table over them would exhaust memory. */
const MAX_TOKEN_ID = 2 ** 24;

/** A text beyond this is no token's, and a pattern over it is one that cannot be compiled. */
const MAX_TOKEN_CHARACTERS = 1024;

function isTokenId(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < MAX_TOKEN_ID;
}

function fail(what: string, found: unknown): never {
  throw new CheckpointFormatError(`tokenizer.json: ${what}, found ${describeJson(found)}`);
}

function checkVocabulary(vocabulary: unknown): void {
  if (Array.isArray(vocabulary)) {
    const bad = vocabulary.find((entry) => !Array.isArray(entry) || typeof entry[0] !== 'string');
    if (bad !== undefined) fail('model.vocab lists pairs of token and score', bad);
    return;
  }
  if (typeof vocabulary !== 'object' || vocabulary === null)
    fail('model.vocab must be an object', vocabulary);
  for (const [token, id] of Object.entries(vocabulary)) {
    if (!isTokenId(id)) fail(`the id of ${describeJson(token)} must be in [0, ${MAX_TOKEN_ID})`, id);
  }
}

function checkAddedTokens(added: unknown): void {
  if (!Array.isArray(added)) fail('added_tokens must be a list', added);
  for (const token of added) {
    const { id, content } = (token ?? {}) as { id?: unknown; content?: unknown };
    if (!isTokenId(id)) fail(`the id of an added token must be in [0, ${MAX_TOKEN_ID})`, id);
    if (typeof content !== 'string' || content === '' || content.length > MAX_TOKEN_CHARACTERS)
      fail(`an added token has a text of at most ${MAX_TOKEN_CHARACTERS} characters`, content);
  }
}

/** Whether a group is repeated without bound: such a pattern may take exponential time on a short text. */
function repeatsGroup(pattern: string): boolean {
  // Escapes and character classes first, so that what is left are the groups themselves.
  const bare = pattern.replace(/\\[^]/g, '_').replace(/\[[^\]]*\]/g, '_');
  return /\)(?:[*+]|\{\d+,\})/.test(bare);
}

function* listPatterns(root: unknown): Generator<string> {
  const open = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, child] of Object.entries(value)) {
      if (key === 'Regex' && typeof child === 'string') yield child;
      else open.push(child);
    }
  }
}

/**
 * Checks what the tokenizer library takes on trust: ids that fit a table, added tokens with a text, and regular expressions
 * that end.
 *
 * @throws CheckpointFormatError where the definition is malformed
 * @throws UnsupportedModelError where one of its patterns repeats a group without bound
 */
export function checkTokenizerDefinition(definition: Record<string, unknown>): void {
  const { model, added_tokens: added, vocab: _, ...rest } = definition;
  if (typeof model !== 'object' || model === null) fail('model must be an object', model);
  checkVocabulary((model as { vocab?: unknown }).vocab);
  checkAddedTokens(added ?? []);
  for (const pattern of listPatterns(rest)) {
    if (repeatsGroup(pattern)) {
      throw new UnsupportedModelError(
        `tokenizer.json: the pattern ${describeJson(pattern)} repeats a group, which may never end; pick another model`,
      );
    }
  }
}
