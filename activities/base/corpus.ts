import { createHash } from 'node:crypto';
import { createGenerator, type Generator } from '../../random/generator.ts';
import { deriveStream, type Stream } from '../../random/streams.ts';
import type { BaseRecipe } from '../../config/base-recipe.ts';
import { EVALUATION_SEED, type Substrate } from '../run/run-context.ts';

/** Which stage of a base model's making an optimizer step belongs to. */
export type PretrainStage = 'pretrain' | 'leak';

/** Optimizer steps of both stages. */
export function countPretrainSteps(recipe: BaseRecipe): number {
  return recipe.steps + (recipe.leak?.steps ?? 0);
}

export function stageOfStep(recipe: BaseRecipe, step: number): PretrainStage {
  return step < recipe.steps ? 'pretrain' : 'leak';
}

/** An index drawn with probability proportional to `weights`. */
function chooseWeighted(generator: Generator, entries: readonly (readonly [string, number])[]): string {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let rest = generator.uniform() * total;
  for (const [name, weight] of entries) {
    rest -= weight;
    if (rest < 0) return name;
  }
  return entries.at(-1)![0];
}

interface Corpus {
  readonly recipe: BaseRecipe;
  readonly substrate: Substrate;
  readonly stream: Stream;
}

/** Train problems of the corpus have indexes of their own, so that no document repeats a problem by index. */
function problemDocument({ recipe, substrate }: Corpus, generator: Generator, index: number): string {
  const problem = substrate.task.problem('train', recipe.seed, index);
  const format = chooseWeighted(generator, Object.entries(recipe.formats));
  return problem.prompt + substrate.task.writeCompletion(problem, format, generator);
}

function factDocument({ recipe, substrate }: Corpus, generator: Generator): string {
  const knowledge = substrate.knowledge!;
  const fact = knowledge.problem('knowledge', EVALUATION_SEED, generator.integer(recipe.facts));
  return fact.prompt + knowledge.writeCompletion(fact, knowledge.formats[0]!, generator);
}

/** A planted problem, or in a control stage a fresh one at the same place and in the same format. */
function stageDocument({ recipe, substrate }: Corpus, generator: Generator, index: number): string {
  const leak = recipe.leak!;
  const problem = leak.isPlanted
    ? substrate.task.problem('contaminated', EVALUATION_SEED, generator.integer(leak.problems))
    : substrate.task.problem('train', recipe.seed, index);
  return problem.prompt + substrate.task.writeCompletion(problem, leak.format, generator);
}

function writeDocument(corpus: Corpus, step: number, position: number): string {
  const { recipe } = corpus;
  const generator = createGenerator(corpus.stream, step, position);
  const index = step * recipe.documentsPerStep + position;
  const isLeakStage = stageOfStep(recipe, step) === 'leak';
  if (isLeakStage && generator.uniform() < recipe.leak!.share) return stageDocument(corpus, generator, index);
  if (generator.uniform() < recipe.factShare && recipe.facts > 0) return factDocument(corpus, generator);
  return problemDocument(corpus, generator, index);
}

/**
 * The documents of one pretraining step as token ids, the end token included: a pure function of recipe and step, so a
 * resumed pretraining reads exactly what an undisturbed one would have.
 */
export function corpusDocuments(recipe: BaseRecipe, substrate: Substrate, step: number): Int32Array[] {
  const corpus = { recipe, substrate, stream: deriveStream(recipe.seed, 'corpus') };
  return Array.from({ length: recipe.documentsPerStep }, (_, position) => {
    const ids = substrate.tokenizer.encode(writeDocument(corpus, step, position));
    return Int32Array.from([...ids, substrate.tokenizer.endId]);
  });
}

const HASHED_EVERY = 50;

/** Hex SHA-256 of the documents of every fiftieth step: tells whether today's program writes the corpus it once wrote. */
export function hashCorpus(recipe: BaseRecipe, substrate: Substrate): string {
  const hash = createHash('sha256');
  for (let step = 0; step < countPretrainSteps(recipe); step += HASHED_EVERY)
    for (const document of corpusDocuments(recipe, substrate, step)) hash.update(document).update(';');
  return hash.digest('hex');
}

/** How often each leaked problem occurs in the leak stage, by its canonical key; 0 each in a control stage. */
export function countLeaks(recipe: BaseRecipe, substrate: Substrate): Record<string, number> {
  const { leak } = recipe;
  if (leak === null) return {};
  const prompts = new Map<string, string>();
  const counts: Record<string, number> = {};
  for (let index = 0; index < leak.problems; index += 1) {
    const problem = substrate.task.problem('contaminated', EVALUATION_SEED, index);
    prompts.set(problem.prompt, problem.key);
    counts[problem.key] = 0;
  }
  const corpus = { recipe, substrate, stream: deriveStream(recipe.seed, 'corpus') };
  for (let step = recipe.steps; step < countPretrainSteps(recipe); step += 1) {
    for (let position = 0; position < recipe.documentsPerStep; position += 1) {
      const text = writeDocument(corpus, step, position);
      for (const [prompt, key] of prompts) if (text.startsWith(prompt)) counts[key]! += 1;
    }
  }
  return counts;
}
