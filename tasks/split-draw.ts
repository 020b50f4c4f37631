import { createGenerator, type Generator } from '../random/generator.ts';
import { deriveStream, hashText, philox } from '../random/streams.ts';
import type { Problem, Split } from './problem.ts';
import { SplitExhaustedError } from './task-family.ts';

const SHARES: readonly (readonly [Split, number])[] = [
  ['dev', 0.05],
  ['clean', 0.1],
  ['contaminated', 0.15],
  ['harder', 0.2],
];

/** A number in [0, 1) that is the key's own. FNV's low bits follow the parity of the characters; Philox evens them out. */
export function uniformOfKey(key: string): number {
  return philox([hashText(key), hashText(key, 0x9747b28c)], [0, 0, 0, 0])[0] / 0x1_0000_0000;
}

/**
 * The split that owns a generated problem, by its canonical key alone: 80% `train`, 5% each of `dev`, `clean`,
 * `contaminated` and `harder`. It depends on neither seed nor options, so a problem that one condition trains on is never
 * another's evaluation problem.
 */
export function splitOfKey(key: string): Split {
  const place = uniformOfKey(key);
  return SHARES.find(([, upper]) => place < upper)?.[0] ?? 'train';
}

/** What `drawProblem` needs: where, and how one candidate is drawn. */
export interface DrawRequest {
  readonly task: string;
  /** The parsed options, by identity: drawn evaluation problems are kept with them. */
  readonly options: object;
  readonly split: Split;
  readonly seed: number;
  readonly index: number;
  readonly draw: (generator: Generator) => Problem;
  /** False for families whose only split takes every key. */
  readonly isSplitByKey?: boolean;
}

const ATTEMPTS = 20_000;

interface DrawnSplit {
  readonly problems: Problem[];
  readonly keys: Set<string>;
}

/** Distinctness asks for all earlier problems; the cache spares drawing them again and changes no result. */
const drawnSplits = new WeakMap<object, Map<string, DrawnSplit>>();

function drawnSplit({ options, task, split, seed }: DrawRequest): DrawnSplit {
  const byName = drawnSplits.get(options) ?? new Map<string, DrawnSplit>();
  drawnSplits.set(options, byName);
  const name = `${task}/${split}/${seed}`;
  const drawn = byName.get(name) ?? { problems: [], keys: new Set() };
  byName.set(name, drawn);
  return drawn;
}

function firstAccepted(request: DrawRequest, index: number, taken: ReadonlySet<string>): Problem {
  const stream = deriveStream(request.seed, `task/${request.task}/${request.split}`);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const problem = request.draw(createGenerator(stream, index, attempt));
    const isOwned = request.isSplitByKey === false || splitOfKey(problem.key) === request.split;
    if (isOwned && !taken.has(problem.key)) return problem;
  }
  throw new SplitExhaustedError({ ...request, reason: `no unused problem in ${ATTEMPTS} draws` });
}

const NONE_TAKEN: ReadonlySet<string> = new Set();

/**
 * The index-th problem of a split: candidates are drawn from stream `task/NAME/SPLIT` at counters (index, attempt) until
 * one belongs to the split. `train` draws with replacement; in every other split the problems of one seed are distinct.
 *
 * @throws SplitExhaustedError
 */
export function drawProblem(request: DrawRequest): Problem {
  const { index, split } = request;
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new RangeError(`a problem's index must be an integer from 0, found ${index}`);
  }
  if (split === 'train') return firstAccepted(request, index, NONE_TAKEN);
  const drawn = drawnSplit(request);
  while (drawn.problems.length <= index) {
    const problem = firstAccepted(request, drawn.problems.length, drawn.keys);
    drawn.problems.push(problem);
    drawn.keys.add(problem.key);
  }
  return drawn.problems[index]!;
}
