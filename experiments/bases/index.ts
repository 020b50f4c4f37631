import { closest } from 'fastest-levenshtein';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { boundary } from './boundary.ts';
import { contaminatedMinority } from './contaminated-minority.ts';
import { contaminated } from './contaminated.ts';
import type { DeclaredBase } from './declared-base.ts';
import { decontaminatedMinority } from './decontaminated-minority.ts';
import { decontaminated } from './decontaminated.ts';
import { edge } from './edge.ts';
import { latentStrategyEqualLength } from './latent-strategy-equal-length.ts';
import { latentStrategy } from './latent-strategy.ts';
import { malformedFormat } from './malformed-format.ts';
import { noLatentStrategy } from './no-latent-strategy.ts';
import { partialKnowledgeDeep } from './partial-knowledge-deep.ts';
import { partialKnowledge } from './partial-knowledge.ts';
import { sharpNarrow } from './sharp-narrow.ts';
import { sharp } from './sharp.ts';
import { teacher } from './teacher.ts';
import { verbalisedConfidence } from './verbalised-confidence.ts';

/** Every named base model. */
export const declaredBases: readonly DeclaredBase[] = [
  latentStrategy,
  latentStrategyEqualLength,
  noLatentStrategy,
  contaminated,
  decontaminated,
  contaminatedMinority,
  decontaminatedMinority,
  boundary,
  sharp,
  sharpNarrow,
  edge,
  teacher,
  verbalisedConfidence,
  malformedFormat,
  partialKnowledge,
  partialKnowledgeDeep,
];

/**
 * @param place where the name stands, for the message
 * @throws {InvalidSpecError} with the nearest name
 */
export function findDeclaredBase(name: string, place: string): DeclaredBase {
  const found = declaredBases.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const names = declaredBases.map((base) => base.name);
  if (name.includes('/'))
    throw new InvalidSpecError(
      `${place}: found "${name}", which looks like a path or a model of a hub; base models are made here from scratch ` +
        `(docs/substrates.md), expected one of ${names.join(', ')}`,
    );
  throw new InvalidSpecError(
    `${place}: there is no base recipe "${name}"; the nearest is "${closest(name, names)}" of ${names.join(', ')}`,
  );
}
