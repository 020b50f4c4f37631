import { createPartIndex, type PartEntry } from '../config/part-index.ts';
import { facts } from './facts.ts';
import { planted } from './planted.ts';
import { solutions } from './solutions.ts';
import { bindSource, type BoundSource, type Source } from './source.ts';

function part<Options extends object>(source: Source<Options>): PartEntry<BoundSource> {
  const { name, optionsSchema } = source;
  return { name, optionsSchema, open: (options) => bindSource(source, options) };
}

/** Every source of documents; one more is a file and a line here. */
const index = createPartIndex('source', [part(solutions), part(facts), part(planted)]);

export const { names: sourceNames, open: openSource, optionsSchema: sourceOptionsSchema } = index;
