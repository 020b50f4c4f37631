import type { z } from 'zod';
import type { TextSpan } from '../rollouts/token-span.ts';
import type { EvaluationSplit } from '../config/plan.ts';
import type { Problem } from '../tasks/problem.ts';
import type { FinishedCompletion, Task } from '../tasks/task.ts';

/** The `problemIndex` of a number that belongs to the whole run, or to a whole split of it. */
export const WHOLE_RUN = -1;

/** One number that a probe measured; a number that is not defined has no score, which is never a 0. */
export interface ProbeScore {
  /** Ends in `_nats`, `_bits`, `_tokens` or `_samples` where the number has that unit (before a count, as `_40`), else a fraction. */
  readonly metric: string;
  /** Empty: the probe reads no split. */
  readonly split: EvaluationSplit | '';
  /** Index within the split as in the final evaluation, or `WHOLE_RUN`. */
  readonly problemIndex: number;
  readonly value: number;
}

/** A metric that a probe records, and where. */
export interface ProbeMetric {
  readonly name: string;
  /** Empty text stands for "no split". */
  readonly splits: readonly (EvaluationSplit | '')[];
  /** False: one number per split, or one per run. */
  readonly isPerProblem: boolean;
}

/** What a probe's options have to fit, known before anything is computed. */
export interface ProbeSetting {
  readonly task: Task;
  /** L of the policy. */
  readonly layers: number;
}

/** What a policy wrote after a prompt. */
export interface ProbeCompletion extends FinishedCompletion {
  /** [T] token ids, the end token included */
  readonly tokens: Int32Array;
  /** [T] natural logarithms, at the sampling temperature (at 1 when greedy) */
  readonly logprobs: Float32Array;
}

export interface CompletionCall {
  /** Names the draws' stream, `probe/NAME/SPLIT`; the counters are step, index in `prompts`, sample, position. */
  readonly split: EvaluationSplit;
  readonly prompts: readonly string[];
  readonly samples: number;
  /** 0: greedy, which needs one sample only. */
  readonly temperature: number;
  readonly maxNewTokens: number;
}

/** A prompt with the token ids that follow it. */
export interface ScoredText {
  readonly prompt: string;
  readonly tokens: Int32Array;
}

/** A policy as probes see it. */
export interface ProbedPolicy {
  /** `[prompt][sample]`. Equal calls draw the same numbers, whichever policy answers. */
  complete(call: CompletionCall): Promise<ProbeCompletion[][]>;
  /** Natural logprobs at temperature 1 of each text's tokens after its prompt. */
  score(texts: readonly ScoredText[]): Promise<Float32Array[]>;
  /** Every parameter by its name (`embedding`, `layers.0.attentionIn` …, `norm`, `head`), read only. */
  parameters(): ReadonlyMap<string, Float32Array>;
}

/** What a probe probes: a run's final policy beside the base model it came from. */
export interface ProbeSubject extends ProbeSetting {
  readonly policy: ProbedPolicy;
  readonly base: ProbedPolicy;
  /** The task that owns a split's problems. */
  taskOf(split: EvaluationSplit): Task;
  /** The problems of the final evaluation. */
  problems(split: EvaluationSplit): readonly Problem[];
  /** Tokens that a completion of a problem may have, as in the final evaluation. */
  readonly maxNewTokens: number;
  /** That of the final evaluation; 0: greedy. */
  readonly temperature: number;
  encode(text: string): Int32Array;
  /** [T] where each token of a completion stands in its text. */
  offsets(tokens: Int32Array): readonly TextSpan[];
  /** Closes a completion. */
  readonly endId: number;
  /** Runs `use` with the policy whose parameters of the given names are the base's; it lives as long as `use` does. */
  withRestored<Result>(
    names: ReadonlySet<string>,
    use: (restored: ProbedPolicy) => Promise<Result>,
  ): Promise<Result>;
}

/** A named measurement of a final policy. It draws from its own streams only, so it changes nothing else. */
export interface Probe<Options extends object> {
  readonly name: string;
  /** Paper or definition that the measurement follows. */
  readonly source: string;
  /** Every field has a sentence, and a default unless absent has a meaning of its own. */
  readonly optionsSchema: z.ZodType<Options>;
  metrics(options: Options, setting: ProbeSetting): readonly ProbeMetric[];
  /** What in the options does not fit, or null; splits are checked by `metrics`. */
  findFault?(options: Options, setting: ProbeSetting): string | null;
  run(subject: ProbeSubject, options: Options): Promise<ProbeScore[]>;
}

/** A probe with its options settled. */
export interface BoundProbe {
  readonly name: string;
  readonly source: string;
  /** The parsed options, every default filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  metrics(setting: ProbeSetting): readonly ProbeMetric[];
  findFault(setting: ProbeSetting): string | null;
  run(subject: ProbeSubject): Promise<ProbeScore[]>;
}

/**
 * Settles a probe's options.
 *
 * @throws z.ZodError when the options do not fit the probe's schema
 */
export function bindProbe<Options extends object>(probe: Probe<Options>, input: unknown): BoundProbe {
  const options = probe.optionsSchema.parse(input);
  return {
    name: probe.name,
    source: probe.source,
    options: options as Readonly<Record<string, unknown>>,
    metrics: (setting) => probe.metrics(options, setting),
    findFault: (setting) => probe.findFault?.(options, setting) ?? null,
    run: (subject) => probe.run(subject, options),
  };
}
