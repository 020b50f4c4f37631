import { createGenerator, type Generator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import type { Corpus, PlacedSource } from './open-corpus.ts';
import { placeOfStep } from './stages.ts';

/** One of `sources` by their cumulative shares, null for what they leave over; always takes one number. */
function drawSource(generator: Generator, sources: readonly PlacedSource[]): PlacedSource | null {
  const place = generator.uniform();
  let upper = 0;
  return sources.find(({ share }) => place < (upper += share)) ?? null;
}

/** The source of one document, and the generator that what it says is drawn from. */
export function chooseSource(
  corpus: Corpus,
  at: { readonly step: number; readonly position: number },
): { readonly placed: PlacedSource; readonly generator: Generator } {
  const { recipe, seed, stages, sources } = corpus;
  const generator = createGenerator(deriveStream(seed, 'corpus'), at.step, at.position);
  const { stage } = placeOfStep(recipe, at.step);
  const own = stage === null ? null : drawSource(generator, stages[stage]!);
  return { placed: own ?? drawSource(generator, sources)!, generator };
}
