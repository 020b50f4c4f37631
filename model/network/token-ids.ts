import { widthOf, type TokenBatch } from './token-batch.ts';

/** Text was encoded with another tokenizer than the model's: encode it again, or load the model it belongs to. */
export class UnknownTokenIdError extends Error {
  override readonly name = 'UnknownTokenIdError';
}

/**
 * Looked at before ids become tensors, since a target outside the vocabulary would score 0, the logprob of a certainty.
 *
 * @param placeOf says where the id at an index stands, for the message
 * @throws UnknownTokenIdError when an id is not in [0, vocabulary)
 */
export function requireTokenIds(
  ids: Int32Array,
  vocabulary: number,
  placeOf: (index: number) => string,
): void {
  const at = ids.findIndex((id) => id < 0 || id >= vocabulary);
  if (at < 0) return;
  throw new UnknownTokenIdError(
    `${placeOf(at)} holds token id ${ids[at]}; expected an id from 0 to ${vocabulary - 1}, the model's vocabulary of ` +
      `${vocabulary}. Encode the text with the tokenizer of this model`,
  );
}

/** `requireTokenIds` of all columns of a batch, padding included. */
export function requireBatchIds(
  batch: Pick<TokenBatch, 'tokens' | 'promptLength' | 'completionLength'>,
  vocabulary: number,
): void {
  const length = widthOf(batch);
  requireTokenIds(batch.tokens, vocabulary, (at) => `row ${Math.floor(at / length)}, column ${at % length}`);
}
