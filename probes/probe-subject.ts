import { listParameterNames } from '../model/network/parameter-layout.ts';
import { clonePolicy, disposePolicy, readParameters, writeParameters } from '../model/network/policy.ts';
import type { Policy } from '../model/network/policy.ts';
import type { EvaluationSplit } from '../config/plan.ts';
import type { Problem } from '../tasks/problem.ts';
import { findTaskOfSplit } from '../tasks/task-of-split.ts';
import type { Task } from '../tasks/task.ts';
import type { ProbedPolicy, ProbeSubject } from './probe.ts';
import { toProbedPolicy, type ProbeSurroundings } from './probed-policy.ts';

export interface SubjectParts {
  readonly policy: Policy;
  readonly base: Policy;
  readonly task: Task;
  /** All that the base knows, the condition's first. */
  readonly tasks: readonly Task[];
  /** The problems of the final evaluation. */
  readonly problems: ReadonlyMap<EvaluationSplit, readonly Problem[]>;
  readonly maxNewTokens: number;
  /** Of the final evaluation. */
  readonly temperature: number;
  readonly surroundings: ProbeSurroundings;
}

/** A probe reads what the run did not evaluate or learn: add it to the declaration, or change the probe's options. */
export class ProbeMismatchError extends Error {
  override readonly name = 'ProbeMismatchError';
}

function restore({ policy, base }: SubjectParts, names: ReadonlySet<string>): Policy {
  const known = listParameterNames(policy.config);
  const unknown = [...names].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new RangeError(`the policy has no parameter '${unknown}' to restore`);
  const [trained, original] = [readParameters(policy), readParameters(base)];
  const restored = clonePolicy(policy);
  writeParameters(
    restored,
    known.map((name, i) => (names.has(name) ? original[i]! : trained[i]!).slice()),
  );
  return restored;
}

/** The subject of one probe; the policies stay the caller's and are not changed. */
export function createProbeSubject(parts: SubjectParts): ProbeSubject {
  const { task, tasks, problems, surroundings } = parts;
  const { probe, tokenizer } = surroundings;
  return {
    policy: toProbedPolicy(parts.policy, surroundings),
    base: toProbedPolicy(parts.base, surroundings),
    task,
    layers: parts.policy.config.layers,
    maxNewTokens: parts.maxNewTokens,
    temperature: parts.temperature,
    endId: tokenizer.endId,
    offsets: (tokens) => tokenizer.offsets(tokens),
    encode: (text) => Int32Array.from(tokenizer.encode(text)),
    taskOf: (split) => {
      const found = findTaskOfSplit(tasks, split);
      if (found !== null) return found;
      throw new ProbeMismatchError(
        `probe ${probe} reads split ${split}, but the base knows only ${tasks.map(({ name }) => name).join(', ')}; ` +
          'give it a source that brings a task with that split',
      );
    },
    problems: (split) => {
      const found = problems.get(split);
      if (found !== undefined) return found;
      throw new ProbeMismatchError(
        `probe ${probe} reads split ${split}, but evaluation.splits has ${[...problems.keys()].join(', ')}; ` +
          'add it there, or name other splits in the probe’s options',
      );
    },
    withRestored: async <Result>(
      names: ReadonlySet<string>,
      use: (restored: ProbedPolicy) => Promise<Result>,
    ): Promise<Result> => {
      const restored = restore(parts, names);
      try {
        return await use(toProbedPolicy(restored, surroundings));
      } finally {
        disposePolicy(restored);
      }
    },
  };
}
