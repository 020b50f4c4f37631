import { z } from 'zod';
import type { EvaluationSplit } from '../config/plan.ts';
import type { Probe, ProbeCompletion, ProbedPolicy, ProbeScore, ProbeSubject } from './probe.ts';
import { measureSplits, samplesOption, splitsOption, temperatureOption } from './split-options.ts';

const optionsSchema = z.strictObject({
  splits: splitsOption('clean'),
  samplesPerProblem: samplesOption(),
  temperature: temperatureOption(),
});

type PerplexityOptions = z.infer<typeof optionsSchema>;

/** −(1/T)·Σ logprobs, in nats per token: the logarithm of the perplexity. */
export function logPerplexity(logprobs: Float32Array): number {
  return -logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length;
}

/** Mean log-perplexity of each problem's completions under `scorer`. */
async function scoreCompletions(
  scorer: ProbedPolicy,
  prompts: readonly string[],
  completions: readonly (readonly ProbeCompletion[])[],
): Promise<number[]> {
  const texts = completions.flatMap((samples, problem) =>
    samples.map(({ tokens }) => ({ prompt: prompts[problem]!, tokens })),
  );
  const scores = (await scorer.score(texts)).map(logPerplexity);
  let begin = 0;
  return completions.map((samples) => {
    const own = scores.slice(begin, (begin += samples.length));
    return own.reduce((sum, score) => sum + score, 0) / own.length;
  });
}

async function probeSplit(
  { policy, base, problems, maxNewTokens }: ProbeSubject,
  { samplesPerProblem, temperature }: PerplexityOptions,
  split: EvaluationSplit,
): Promise<ProbeScore[]> {
  const prompts = problems(split).map(({ prompt }) => prompt);
  const call = { split, prompts, samples: samplesPerProblem, temperature, maxNewTokens };
  const answers = await policy.complete(call);
  const baseAnswers = await base.complete(call);
  const values = {
    log_perplexity_base_nats: await scoreCompletions(base, prompts, answers),
    log_perplexity_policy_nats: await scoreCompletions(policy, prompts, answers),
    log_perplexity_base_own_nats: await scoreCompletions(base, prompts, baseAnswers),
  };
  return Object.entries(values).flatMap(([metric, scores]) =>
    scores.map((value, problemIndex) => ({ metric, split, problemIndex, value })),
  );
}

/**
 * How likely the base model finds the policy's answers: log PPL = −(1/T)·Σ log P(y_t | x, y_<t) over the answer's tokens,
 * the end token included, averaged over the samples of a problem. Answers that the base finds about as likely as its own
 * lie within what it could sample already.
 */
export const basePerplexity: Probe<PerplexityOptions> = {
  name: 'base-perplexity',
  source: 'arXiv 2504.13837',
  optionsSchema,
  metrics: ({ splits }) =>
    ['log_perplexity_base_nats', 'log_perplexity_policy_nats', 'log_perplexity_base_own_nats'].map(
      (name) => ({
        name,
        splits,
        isPerProblem: true,
      }),
    ),
  run: (subject, options) => measureSplits(options.splits, (split) => probeSplit(subject, options, split)),
};
