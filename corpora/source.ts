import type { z } from 'zod';
import { canonicalJson } from '../config/canonical.ts';
import type { Split } from '../tasks/problem.ts';
import type { Task } from '../tasks/task.ts';
import type { Generator } from '../random/generator.ts';

/** What documents are written from. */
export interface CorpusSetting {
  /** The condition's task. */
  readonly task: Task;
  /** All that the model is to know: the condition's task, then those that sources bring. */
  readonly tasks: readonly Task[];
  /** The recipe's. */
  readonly seed: number;
}

/** The place of one document. */
export interface DocumentDraw {
  /** Of this document alone; one number of it has chosen the source. */
  readonly generator: Generator;
  /** No other document of the corpus has it, so train problems of this index are fresh. */
  readonly index: number;
  /** Its place, from 0, in a random order of all documents that its source writes in the making of the model. */
  turn(): number;
}

/** The problems that documents of a source hold: the first so many of a split, drawn with the seed of evaluations. */
export interface Lesson {
  readonly split: Split;
  readonly problems: number;
  /** Problems of the condition's task that a model should not have seen; how often each occurs is recorded with the model. */
  readonly isLeak: boolean;
}

/** A kind of documents. Every function is pure: the same arguments give the same text in any process and order. */
export interface Source<Options extends object> {
  readonly name: string;
  /** One sentence, as docs/substrates.md prints it. */
  readonly description: string;
  /** Every field has a default and a sentence. */
  readonly optionsSchema: z.ZodType<Options>;
  /** Options of a later day, each at the value that changes nothing: there a settled recipe leaves them out, and keeps its fingerprint. */
  readonly neutral?: Partial<Options>;
  /** Further tasks that its documents teach: their characters join the vocabulary, their splits can be evaluated. */
  tasks?(options: Options): readonly Task[];
  /** Nothing that an evaluation could ask for when absent. */
  teaches?(options: Options): Lesson;
  /** Documents that the options need at least; 0 when absent. */
  needs?(options: Options): number;
  /** What of the options the condition's task cannot do, beginning with the option; null: nothing. */
  findFault?(options: Options, task: Task): string | null;
  /** Text of one document, without the end token. */
  write(options: Options, setting: CorpusSetting, draw: DocumentDraw): string;
}

/** A source with its options settled. Functions as in `Source`. */
export interface BoundSource {
  readonly name: string;
  readonly description: string;
  /** Parsed, every default filled in but the neutral ones. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly tasks: readonly Task[];
  readonly lesson: Lesson | null;
  /** Documents that it needs at least. */
  readonly needs: number;
  findFault(task: Task): string | null;
  write(setting: CorpusSetting, draw: DocumentDraw): string;
}

function leaveOutNeutral(options: object, neutral: object): Record<string, unknown> {
  const isNeutral = ([field, value]: [string, unknown]): boolean =>
    Object.hasOwn(neutral, field) &&
    canonicalJson(value) === canonicalJson(neutral[field as keyof typeof neutral]);
  return Object.fromEntries(Object.entries(options).filter((entry) => !isNeutral(entry)));
}

/** @throws z.ZodError when the options do not fit the source's schema */
export function bindSource<Options extends object>(source: Source<Options>, input: unknown): BoundSource {
  const options = source.optionsSchema.parse(input);
  return {
    name: source.name,
    description: source.description,
    options: leaveOutNeutral(options, source.neutral ?? {}),
    tasks: source.tasks?.(options) ?? [],
    lesson: source.teaches?.(options) ?? null,
    needs: source.needs?.(options) ?? 0,
    findFault: (task) => source.findFault?.(options, task) ?? null,
    write: (setting, draw) => source.write(options, setting, draw),
  };
}
