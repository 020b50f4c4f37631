import { EVALUATION_SEED, type Problem } from '../tasks/problem.ts';
import type { Task } from '../tasks/task.ts';
import { chooseSource } from './choose-source.ts';
import { turnOf } from './document-turns.ts';
import { listLessons, type Corpus } from './open-corpus.ts';
import { countSteps, placeOfStep } from './stages.ts';

function writeDocument(corpus: Corpus, at: { readonly step: number; readonly position: number }): string {
  const { placed, generator } = chooseSource(corpus, at);
  const index = at.step * corpus.recipe.documentsPerStep + at.position;
  return placed.source.write(corpus, { generator, index, turn: () => turnOf(corpus, placed, index) });
}

/** The documents of one optimizer step as text, without end tokens: a pure function of corpus and step. */
export function writeDocuments(corpus: Corpus, step: number): string[] {
  return Array.from({ length: corpus.recipe.documentsPerStep }, (_, position) =>
    writeDocument(corpus, { step, position }),
  );
}

/** Each problem that the sources leak, or in a control would, once. */
function listLeaked({ recipe, task }: Corpus): Problem[] {
  const leaks = listLessons(recipe).filter(({ isLeak }) => isLeak);
  const problems = leaks.flatMap(({ split, problems: count }) =>
    Array.from({ length: count }, (_, index) => task.problem(split, EVALUATION_SEED, index)),
  );
  return [...new Map(problems.map((problem) => [problem.key, problem])).values()];
}

/** Whether a document of the step may be of a source that leaks. */
function mayLeak({ recipe, sources, stages }: Corpus, step: number): boolean {
  const { stage } = placeOfStep(recipe, step);
  const read = stage === null ? sources : [...stages[stage]!, ...sources];
  return read.some(({ source }) => source.lesson?.isLeak);
}

/** Whether a document gives a problem with its right answer. */
function tells(task: Task, document: string, problem: Problem): boolean {
  const { prompt } = problem;
  if (!document.startsWith(prompt)) return false;
  const completion = { text: document.slice(prompt.length), isTruncated: false };
  return task.verify(problem, completion).outcome === 'correct';
}

/** How often each leaked problem occurs in the corpus with its right answer, by its canonical key; 0 each in a control. */
export function countLeaks(corpus: Corpus): Record<string, number> {
  const leaked = listLeaked(corpus);
  const counts = Object.fromEntries(leaked.map(({ key }) => [key, 0]));
  if (leaked.length === 0) return counts;
  for (let step = 0; step < countSteps(corpus.recipe); step += 1) {
    if (!mayLeak(corpus, step)) continue;
    for (const text of writeDocuments(corpus, step))
      for (const problem of leaked) if (tells(corpus.task, text, problem)) counts[problem.key]! += 1;
  }
  return counts;
}
