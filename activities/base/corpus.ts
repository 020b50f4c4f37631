import { createHash } from 'node:crypto';
import { writeDocuments } from '../../corpora/corpus.ts';
import { countSteps } from '../../corpora/stages.ts';
import type { Substrate } from '../run/run-context.ts';

type Tokenized = Pick<Substrate, 'corpus' | 'tokenizer'>;

/**
 * The documents of one pretraining step as token ids, the end token included: a pure function of recipe and step, so a
 * resumed pretraining reads exactly what an undisturbed one would have.
 */
export function corpusDocuments({ corpus, tokenizer }: Tokenized, step: number): Int32Array[] {
  return writeDocuments(corpus, step).map((text) =>
    Int32Array.from([...tokenizer.encode(text), tokenizer.endId]),
  );
}

const HASHED_EVERY = 50;

/** Hex SHA-256 of the documents of every fiftieth step: tells whether today's program writes the corpus it once wrote. */
export function hashCorpus(substrate: Tokenized): string {
  const hash = createHash('sha256');
  for (let step = 0; step < countSteps(substrate.corpus.recipe); step += HASHED_EVERY)
    for (const document of corpusDocuments(substrate, step)) hash.update(document).update(';');
  return hash.digest('hex');
}
