import type { ProblemRow } from './problem-rows.ts';

/** Where an answer stands in a text; null: the text is the answer. */
export interface Marked {
  readonly answerMarker: string | null;
}

interface SplitText {
  /** What stands before the marker. */
  readonly before: string;
  readonly answer: string;
}

function splitAtMarker({ answerMarker }: Marked, text: string): SplitText | null {
  if (answerMarker === null) return { before: '', answer: text };
  const at = text.lastIndexOf(answerMarker);
  return at < 0 ? null : { before: text.slice(0, at), answer: text.slice(at + answerMarker.length) };
}

/** The final answer of a completion; null: no marker. */
export function answerOf(marked: Marked, completion: string): string | null {
  return splitAtMarker(marked, completion)?.answer ?? null;
}

/** What is compared: the reference after its marker, as data sets of worked solutions have it, or all of one without. */
export function referenceOf(marked: Marked, answer: string): string {
  return answerOf(marked, answer) ?? answer;
}

/** The worked solution of a row, its own or what stands before the marker of its answer; null: none. */
export function workingOf(marked: Marked, { solution, answer }: ProblemRow): string | null {
  // An empty cell of a table is no solution.
  const found = [solution ?? '', splitAtMarker(marked, answer ?? '')?.before ?? ''];
  return found.find((text) => text.trim() !== '') ?? null;
}

/** The text before the final answer's marker; null: no marker. */
export function workingOfCompletion(marked: Marked, completion: string): string | null {
  return splitAtMarker(marked, completion)?.before ?? null;
}
