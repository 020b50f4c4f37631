import type { Policy } from '../model/network/policy.ts';
import { listParameterNames } from '../model/network/parameter-layout.ts';
import { readParameters } from '../model/network/policy.ts';
import { sampleCompletions } from '../model/decoding/sampler.ts';
import { scoreArrays } from '../model/network/score-arrays.ts';
import type { PolicyTokenizer, Tokenizer } from '../model/tokenizers/tokenizer.ts';
import type { TokenBatch } from '../model/network/token-batch.ts';
import { deriveStream } from '../random/streams.ts';
import type { RolloutBatch } from '../rollouts/rollout-batch.ts';
import type { CompletionCall, ProbeCompletion, ProbedPolicy, ScoredText } from './probe.ts';

/** What sampling and scoring need besides the policy. */
export interface ProbeSurroundings {
  readonly probe: string;
  readonly seed: number;
  /** Training steps behind the probed policy. */
  readonly step: number;
  readonly tokenizer: PolicyTokenizer;
  /** Awaited between pieces of work: heartbeats. */
  readonly pause: () => Promise<void>;
  readonly signal?: AbortSignal;
}

function readCompletion(batch: RolloutBatch, row: number, tokenizer: Tokenizer): ProbeCompletion {
  const length = batch.completionLengths[row]!;
  const firstToken = row * (batch.promptLength + batch.completionLength) + batch.promptLength;
  const firstScore = row * batch.completionLength;
  const tokens = batch.tokens.slice(firstToken, firstToken + length);
  return {
    tokens,
    logprobs: batch.perToken.logprobs.slice(firstScore, firstScore + length),
    text: tokenizer.decode(tokens, { skipSpecialTokens: true }),
    isTruncated: batch.finished[row] === 0,
  };
}

async function complete(
  policy: Policy,
  surroundings: ProbeSurroundings,
  call: CompletionCall,
): Promise<ProbeCompletion[][]> {
  const { tokenizer, pause, signal } = surroundings;
  const rows = call.prompts.flatMap((prompt, problem) =>
    Array.from({ length: call.samples }, (_, sample) => ({
      prompt: Int32Array.from(tokenizer.encode(prompt)),
      counters: { problem, sample },
    })),
  );
  const batch = await sampleCompletions({
    policy,
    prompts: rows.map((row) => row.prompt),
    counters: rows.map((row) => row.counters),
    stream: deriveStream(surroundings.seed, `probe/${surroundings.probe}/${call.split}`),
    step: surroundings.step,
    maxNewTokens: call.maxNewTokens,
    temperature: call.temperature,
    endId: tokenizer.endId,
    padId: tokenizer.padId,
    onYield: pause,
    ...(signal === undefined ? {} : { signal }),
  });
  return call.prompts.map((_, problem) =>
    Array.from({ length: call.samples }, (_sample, sample) =>
      readCompletion(batch, problem * call.samples + sample, tokenizer),
    ),
  );
}

/** Prompts padded on the left, what follows on the right. */
export function toTokenBatch(
  rows: readonly { readonly prompt: Int32Array; readonly tokens: Int32Array }[],
  padId: number,
): TokenBatch {
  const promptLength = Math.max(...rows.map(({ prompt }) => prompt.length));
  const completionLength = Math.max(...rows.map(({ tokens }) => tokens.length));
  const length = promptLength + completionLength;
  const tokens = new Int32Array(rows.length * length).fill(padId);
  rows.forEach((row, i) => {
    tokens.set(row.prompt, i * length + promptLength - row.prompt.length);
    tokens.set(row.tokens, i * length + promptLength);
  });
  return {
    count: rows.length,
    promptLength,
    completionLength,
    tokens,
    promptStarts: Int32Array.from(rows, ({ prompt }) => promptLength - prompt.length),
    completionLengths: Int32Array.from(rows, (row) => row.tokens.length),
  };
}

/** Rows between two heartbeats. */
const SCORED_AT_ONCE = 128;

async function score(
  policy: Policy,
  { tokenizer, pause }: ProbeSurroundings,
  texts: readonly ScoredText[],
): Promise<Float32Array[]> {
  const scored: Float32Array[] = [];
  for (let begin = 0; begin < texts.length; begin += SCORED_AT_ONCE) {
    const rows = texts
      .slice(begin, begin + SCORED_AT_ONCE)
      .map(({ prompt, tokens }) => ({ prompt: Int32Array.from(tokenizer.encode(prompt)), tokens }));
    const batch = toTokenBatch(rows, tokenizer.padId);
    const { logprobs } = scoreArrays(policy, batch, { temperature: 1 });
    const width = batch.completionLength;
    rows.forEach(({ tokens }, i) => scored.push(logprobs.slice(i * width, i * width + tokens.length)));
    await pause();
  }
  return scored;
}

/** A policy as probes see it; the caller keeps owning `policy`. */
export function toProbedPolicy(policy: Policy, surroundings: ProbeSurroundings): ProbedPolicy {
  return {
    complete: (call) => complete(policy, surroundings, call),
    score: (texts) => score(policy, surroundings, texts),
    parameters: () => {
      const values = readParameters(policy);
      return new Map(listParameterNames(policy.config).map((name, i) => [name, values[i]!]));
    },
  };
}
