import { createGenerator, type Generator } from '../random/generator.ts';
import { deriveStream, type Stream } from '../random/streams.ts';
import { EVALUATION_SEED } from '../tasks/problem.ts';
import { listLessons, type Corpus, type PlacedSource } from './open-corpus.ts';
import type { BoundSource } from './source.ts';
import { countSteps, placeOfStep } from './stages.ts';

/** One of `sources` by their cumulative shares, null for what they leave over; always takes one number. */
function chooseSource(generator: Generator, sources: readonly PlacedSource[]): BoundSource | null {
  const place = generator.uniform();
  let upper = 0;
  const chosen = sources.find(({ share }) => place < (upper += share));
  return chosen?.source ?? null;
}

function writeDocument(
  corpus: Corpus,
  stream: Stream,
  at: { readonly step: number; readonly position: number },
): string {
  const { recipe, stages, sources } = corpus;
  const generator = createGenerator(stream, at.step, at.position);
  const { stage } = placeOfStep(recipe, at.step);
  const own = stage === null ? null : chooseSource(generator, stages[stage]!);
  const source = own ?? chooseSource(generator, sources)!;
  return source.write(corpus, { generator, index: at.step * recipe.documentsPerStep + at.position });
}

/** The documents of one optimizer step as text, without end tokens: a pure function of corpus and step. */
export function writeDocuments(corpus: Corpus, step: number): string[] {
  const { seed, documentsPerStep } = corpus.recipe;
  const stream = deriveStream(seed, 'corpus');
  return Array.from({ length: documentsPerStep }, (_, position) =>
    writeDocument(corpus, stream, { step, position }),
  );
}

/** Prompt → key of each problem that the sources leak, or in a control would. */
function listLeaked({ recipe, task }: Corpus): Map<string, string> {
  const leaks = listLessons(recipe).filter(({ isLeak }) => isLeak);
  const problems = leaks.flatMap(({ split, problems: count }) =>
    Array.from({ length: count }, (_, index) => task.problem(split, EVALUATION_SEED, index)),
  );
  return new Map(problems.map(({ prompt, key }) => [prompt, key]));
}

/** Whether a document of the step may be of a source that leaks. */
function mayLeak({ recipe, sources, stages }: Corpus, step: number): boolean {
  const { stage } = placeOfStep(recipe, step);
  const read = stage === null ? sources : [...stages[stage]!, ...sources];
  return read.some(({ source }) => source.lesson?.isLeak);
}

/** How often each leaked problem occurs in the corpus, by its canonical key; 0 each in a control. */
export function countLeaks(corpus: Corpus): Record<string, number> {
  const leaked = listLeaked(corpus);
  const counts = Object.fromEntries([...leaked.values()].map((key) => [key, 0]));
  if (leaked.size === 0) return counts;
  for (let step = 0; step < countSteps(corpus.recipe); step += 1) {
    if (!mayLeak(corpus, step)) continue;
    for (const text of writeDocuments(corpus, step))
      for (const [prompt, key] of leaked) if (text.startsWith(prompt)) counts[key]! += 1;
  }
  return counts;
}
