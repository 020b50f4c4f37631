import { createCharacterTokenizer } from '../model/tokenizers/character-tokenizer.ts';
import type { PolicyConfig } from '../model/network/config.ts';
import type { Policy } from '../model/network/policy.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import type { EvaluationSplit } from '../config/plan.ts';
import { openTask } from '../tasks/index.ts';
import type { Problem } from '../tasks/problem.ts';
import { createProbeSubject } from './probe-subject.ts';
import type { ProbeSubject } from './probe.ts';

/** Surroundings of probe tests: chains of three operations modulo 10, five facts, a policy of two narrow layers. */
const task = openTask('arithmetic', {
  operations: 3,
  harderOperations: 4,
  startDigits: 1,
  modulus: 10,
  leakedProblems: 4,
});
const knowledge = openTask('knowledge', { facts: 5 });
const alphabet = [...new Set(task.alphabet + knowledge.alphabet)].sort().join('');
const tokenizer = createCharacterTokenizer(alphabet, { pad: '<pad>', end: '<end>' });

export const tinyConfig: PolicyConfig = {
  vocabularySize: tokenizer.vocabularySize,
  width: 32,
  layers: 2,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 16,
  feedForwardWidth: 64,
  maxPositions: 64,
  ropeTheta: 1000,
  normEpsilon: 1e-5,
  tiedEmbeddings: true,
  beginId: null,
  endId: tokenizer.endId,
  padId: tokenizer.padId,
};

const problems = new Map<EvaluationSplit, readonly Problem[]>([
  ['clean', [0, 1, 2, 3].map((index) => task.problem('clean', 0, index))],
  ['contaminated', [0, 1, 2, 3].map((index) => task.problem('contaminated', 0, index))],
  ['dev', [0, 1, 2, 3].map((index) => task.problem('dev', 0, index))],
  ['knowledge', [0, 1, 2, 3, 4].map((index) => knowledge.problem('knowledge', 0, index))],
]);

/** The leaked problems in one format, then the facts: what a policy may learn by heart. */
export function tinyDocuments(format: 'direct' | 'scratchpad'): Int32Array[] {
  const generator = createGenerator(deriveStream(0, 'documents'));
  const chains = problems
    .get('contaminated')!
    .map((problem) => problem.prompt + task.writeCompletion(problem, format, generator));
  const facts = problems
    .get('knowledge')!
    .map((problem) => problem.prompt + knowledge.writeCompletion(problem, 'direct', generator));
  return [...chains, ...facts].map((text) => Int32Array.from([...tokenizer.encode(text), tokenizer.endId]));
}

/** `policy` and `base` as the subject of the named probe. */
export function createTinySubject(
  probe: string,
  policies: { readonly policy: Policy; readonly base: Policy },
): ProbeSubject {
  return createProbeSubject({
    ...policies,
    task,
    tasks: [task, knowledge],
    problems,
    maxNewTokens: 16,
    temperature: 1,
    surroundings: { probe, seed: 0, step: 1, tokenizer, pause: () => Promise.resolve() },
  });
}

export const tinyPadId = tokenizer.padId;
