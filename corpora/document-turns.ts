import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { chooseSource } from './choose-source.ts';
import type { Corpus, PlacedSource } from './open-corpus.ts';
import { countSteps } from './stages.ts';

/** Steps [from, to) in which a source may be read: those of its stage, or all of them. */
function stepsOf({ recipe, stages }: Corpus, placed: PlacedSource): { from: number; to: number } {
  const stage = stages.findIndex((sources) => sources.includes(placed));
  if (stage < 0) return { from: 0, to: countSteps(recipe) };
  const from = countSteps({ steps: recipe.steps, stages: recipe.stages.slice(0, stage) });
  return { from, to: from + recipe.stages[stage]!.steps };
}

function orderDocuments(corpus: Corpus, placed: PlacedSource): ReadonlyMap<number, number> {
  const { recipe, seed } = corpus;
  const { from, to } = stepsOf(corpus, placed);
  const documents: number[] = [];
  for (let step = from; step < to; step += 1)
    for (let position = 0; position < recipe.documentsPerStep; position += 1)
      if (chooseSource(corpus, { step, position }).placed === placed)
        documents.push(step * recipe.documentsPerStep + position);
  const order = createGenerator(deriveStream(seed, `corpus-turns/${placed.place}`)).shuffle(documents);
  return new Map(order.map((index, turn) => [index, turn]));
}

const orders = new WeakMap<PlacedSource, ReadonlyMap<number, number>>();

/** The place of a source's document in a random order of all that it writes: what occurs an exact number of times is planted by it. */
export function turnOf(corpus: Corpus, placed: PlacedSource, index: number): number {
  const order = orders.get(placed) ?? orderDocuments(corpus, placed);
  orders.set(placed, order);
  return order.get(index)!;
}

/** How many documents of a source are to be expected, and the variance of that. */
export function expectDocuments(
  { recipe, sources, stages }: Corpus,
  placed: PlacedSource,
): { readonly mean: number; readonly variance: number } {
  const shareWithin = (among: readonly PlacedSource[]): number => {
    const before = among.slice(0, -1).reduce((sum, { share }) => sum + share, 0);
    return placed === among.at(-1) && placed.share === 1 ? 1 - before : placed.share;
  };
  const isOwn = (among: readonly PlacedSource[]): boolean => among.includes(placed);
  const ofRest = isOwn(sources) ? shareWithin(sources) : 0;
  const parts = [
    { steps: recipe.steps, share: ofRest },
    ...stages.map((own, at) => {
      const taken = own.reduce((sum, { share }) => sum + share, 0);
      return { steps: recipe.stages[at]!.steps, share: isOwn(own) ? placed.share : (1 - taken) * ofRest };
    }),
  ];
  const documents = parts.map(({ steps, share }) => ({ count: steps * recipe.documentsPerStep, share }));
  return {
    mean: documents.reduce((sum, { count, share }) => sum + count * share, 0),
    variance: documents.reduce((sum, { count, share }) => sum + count * share * (1 - share), 0),
  };
}
