import { createPartIndex, type PartEntry } from '../config/part-index.ts';
import type { Collector } from './collector.ts';
import { rankedProblems } from './ranked-problems.ts';
import { rollouts } from './rollouts.ts';

/** A collector with its options settled. */
export interface OpenCollector {
  readonly collector: Collector<object>;
  readonly options: object;
}

/** Every collector; one more is a file and a line here. */
export const collectors: readonly Collector<object>[] = [rollouts, rankedProblems];

function entryOf(collector: Collector<object>): PartEntry<OpenCollector> {
  const { name, optionsSchema } = collector;
  return { name, optionsSchema, open: (input) => ({ collector, options: optionsSchema.parse(input) }) };
}

export const {
  names: collectorNames,
  open: openCollector,
  optionsSchema: collectorOptionsSchema,
} = createPartIndex('collector', collectors.map(entryOf));
