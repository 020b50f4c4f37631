import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';

/** A part that does not exist: name one of those listed. */
export class UnknownPartError extends Error {
  override readonly name = 'UnknownPartError';

  constructor(kind: string, name: string, names: readonly string[]) {
    super(
      `there is no ${kind} "${name}"; the nearest is "${closest(name, [...names])}" of ${names.join(', ')}`,
    );
  }
}

/** A part as an index holds it: a name, and options of which every field has a default and a sentence. */
export interface PartEntry<Bound> {
  readonly name: string;
  readonly optionsSchema: z.ZodType;
  /** @throws z.ZodError when the options do not fit */
  readonly open: (options: unknown) => Bound;
}

/** The parts of one kind, by name. */
export interface PartIndex<Bound> {
  /** Those of the program itself. */
  readonly names: readonly string[];
  /**
   * The part `name` with its options settled; none given are the defaults.
   *
   * @throws UnknownPartError, z.ZodError
   */
  readonly open: (name: string, options?: unknown) => Bound;
  /**
   * The schema of a part's options.
   *
   * @throws UnknownPartError
   */
  readonly optionsSchema: (name: string) => z.ZodType;
  /** Takes in a part of a declaration's own, of a name that no other has; one that is there already stays. */
  add(entry: PartEntry<Bound>): void;
}

/**
 * @param kind what an error calls such a part
 * @throws RangeError when two parts have one name
 * @example createPartIndex('probe', [perplexity, recall]).open('recall', { n: 4 })
 */
export function createPartIndex<Bound>(kind: string, entries: readonly PartEntry<Bound>[]): PartIndex<Bound> {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  if (byName.size < entries.length) {
    const twice = entries.find((entry) => byName.get(entry.name) !== entry)!;
    throw new RangeError(`two parts of kind ${kind} are called "${twice.name}"`);
  }
  const find = (name: string): PartEntry<Bound> => {
    const entry = byName.get(name);
    if (entry === undefined) throw new UnknownPartError(kind, name, [...byName.keys()]);
    return entry;
  };
  return {
    names: [...byName.keys()],
    open: (name, options = {}) => find(name).open(options),
    optionsSchema: (name) => find(name).optionsSchema,
    add: (entry) => void (byName.has(entry.name) || byName.set(entry.name, entry)),
  };
}
