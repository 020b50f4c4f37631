import { createHash } from 'node:crypto';
import type { ImportWriter } from '../../db/queries/record-import.ts';
import type { SourceSample } from '../../imports/source-sample.ts';

/** A problem that was written. */
export interface RegisteredProblem {
  readonly id: number;
  /** SHA-256 of its prompt, or of its name where there is no prompt. */
  readonly digest: string;
  readonly sourceId: string;
}

/** The problems of one run: which name each goes by there. */
export type RunProblems = Map<RegisteredProblem, string>;

/** Several problems of one split with one prompt, which a source gives under several names. */
interface Crowd {
  readonly problems: RegisteredProblem[];
  readonly bySourceId: Map<string, RegisteredProblem>;
  /** Run → how many of the problems, from the first, are known to be taken there. */
  readonly taken: Map<RunProblems, number>;
}

/** Characters of prompts whose hashes are kept, so that one is not hashed anew for each of its samples. */
const CACHED_CHARACTERS = 16 * 1024 * 1024;
/** Keeps names and prompts of the same text apart. */
const NAME_PREFIX = 'assay problem name\0';

const byName = new Intl.Collator('en', { numeric: true });

function createHasher(): (text: string) => string {
  let cached = new Map<string, string>();
  let characters = 0;
  return (text) => {
    const known = cached.get(text);
    if (known !== undefined) return known;
    const digest = createHash('sha256').update(text).digest('hex');
    if (characters > CACHED_CHARACTERS) {
      cached = new Map();
      characters = 0;
    }
    cached.set(text, digest);
    characters += text.length;
    return digest;
  };
}

/** The problem of that name, or the first that goes by no other name in the run. */
function findInCrowd(crowd: Crowd, name: string, run: RunProblems): RegisteredProblem | undefined {
  const same = crowd.bySourceId.get(name);
  if (same !== undefined && !run.has(same)) return same;
  let at = crowd.taken.get(run) ?? 0;
  while (at < crowd.problems.length && run.has(crowd.problems[at]!)) at += 1;
  crowd.taken.set(run, at);
  return crowd.problems[at];
}

/** Tells problems apart by what the model was asked, and writes each once. */
export class ProblemRegister {
  private readonly hash = createHasher();
  /** Split and digest → the first problem of that prompt. */
  private readonly first = new Map<string, RegisteredProblem>();
  private readonly crowds = new Map<string, Crowd>();
  /** Split and name → the problem that first went by it, in any run. */
  private readonly named = new Map<string, RegisteredProblem>();
  /** The others that went by it. */
  private readonly alsoNamed = new Map<string, RegisteredProblem[]>();
  private readonly ambiguous = new Set<string>();
  private readonly writer: ImportWriter;

  constructor(writer: ImportWriter) {
    this.writer = writer;
  }

  /** The problem of a sample; must be called within `writer.write`. */
  find(sample: SourceSample, run: RunProblems): RegisteredProblem {
    const { problemId, prompt } = sample;
    const name = `${sample.split ?? ''}\0${problemId}`;
    const named = this.named.get(name);
    const isFree = (problem: RegisteredProblem): boolean => (run.get(problem) ?? problemId) === problemId;
    // A name alone, where others of its samples tell a prompt, is the problem of that prompt.
    const digest =
      prompt === null && named !== undefined ? named.digest : this.hash(prompt ?? NAME_PREFIX + problemId);
    const candidates = named === undefined ? [] : [named, ...(this.alsoNamed.get(name) ?? [])];
    const known = candidates.find((problem) => problem.digest === digest && isFree(problem));
    if (known !== undefined) return take(run, known, problemId);
    const found = this.findByPrompt(sample, digest, run) ?? this.add(sample, digest);
    if (candidates.some((problem) => problem.digest !== digest)) this.ambiguous.add(name);
    if (named === undefined) this.named.set(name, found);
    else if (!candidates.includes(found)) this.alsoNamed.set(name, [...candidates.slice(1), found]);
    return take(run, found, problemId);
  }

  /** Settles the order of problems with one prompt, so that it is the same whatever the order of the source. */
  finish(): string[] {
    const crowds = [...this.crowds.values()];
    const keys = crowds.flatMap(({ problems }) =>
      problems
        .toSorted((a, b) => byName.compare(a.sourceId, b.sourceId) || (a.sourceId < b.sourceId ? -1 : 1))
        .map(({ id, digest }, i) => ({ id, key: toKey(digest, i) })),
    );
    if (keys.length > 0) this.writer.write(() => this.writer.renameProblems(keys));
    const notices: string[] = [];
    const own = 'which count as problems of their own';
    if (this.ambiguous.size > 0)
      notices.push(
        `${count(this.ambiguous.size, 'name stands', 'names stand')} for more than one prompt, ${own}`,
      );
    if (crowds.length > 0)
      notices.push(
        `${count(crowds.length, 'prompt stands', 'prompts stand')} under more than one name, ${own}`,
      );
    return notices;
  }

  private findByPrompt(
    { problemId, split }: SourceSample,
    digest: string,
    run: RunProblems,
  ): RegisteredProblem | undefined {
    const at = `${split ?? ''}\0${digest}`;
    const crowd = this.crowds.get(at);
    if (crowd !== undefined) return findInCrowd(crowd, problemId, run);
    const first = this.first.get(at);
    return first === undefined || run.has(first) ? undefined : first;
  }

  private add(
    { problemId, split, prompt, target, cluster }: SourceSample,
    digest: string,
  ): RegisteredProblem {
    const at = `${split ?? ''}\0${digest}`;
    const crowd = this.crowds.get(at);
    const first = this.first.get(at);
    const key = toKey(digest, crowd?.problems.length ?? (first === undefined ? 0 : 1));
    const told = { sourceId: problemId, split: split ?? '', key, prompt, target, cluster };
    const problem = { id: this.writer.addProblem(told), digest, sourceId: problemId };
    if (first === undefined) this.first.set(at, problem);
    else if (crowd === undefined) this.crowds.set(at, toCrowd([first, problem]));
    else {
      crowd.problems.push(problem);
      crowd.bySourceId.set(problemId, problem);
    }
    return problem;
  }
}

function toCrowd(problems: RegisteredProblem[]): Crowd {
  const bySourceId = new Map(problems.map((problem) => [problem.sourceId, problem]));
  return { problems, bySourceId, taken: new Map() };
}

function take(run: RunProblems, problem: RegisteredProblem, name: string): RegisteredProblem {
  if (!run.has(problem)) run.set(problem, name);
  return problem;
}

function toKey(digest: string, occurrence: number): string {
  return occurrence === 0 ? digest : `${digest}-${occurrence + 1}`;
}

export function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
