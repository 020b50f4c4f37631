import { z } from 'zod';
import type { EvaluationSplit } from '../config/plan.ts';
import type { Problem } from '../tasks/problem.ts';
import type { Task } from '../tasks/task.ts';
import { scoreCompletion } from './accuracy.ts';
import type { Probe, ProbeCompletion, ProbeScore, ProbeSubject } from './probe.ts';
import { rougeL } from './rouge-l.ts';
import { measureSplits, splitsOption } from './split-options.ts';

const optionsSchema = z.strictObject({
  splits: splitsOption('clean', 'contaminated'),
  keptPercents: z
    .array(z.int().min(1).max(99))
    .min(1)
    .default([40, 60, 80])
    .describe('Shares of the prompt that the policy is shown, in percent of its characters.'),
  unit: z
    .enum(['characters', 'words'])
    .default('characters')
    .describe('What exact match and ROUGE-L compare: characters, or words between blanks.'),
});

type PartialPromptOptions = z.infer<typeof optionsSchema>;

/** A prompt in two: what is shown and what is to be completed, neither of them empty. */
export interface CutPrompt {
  readonly kept: string;
  readonly missing: string;
}

/** Keeps the first ⌊percent·length/100⌋ characters, at least one and not all. */
export function cutPrompt(prompt: string, percent: number): CutPrompt {
  const characters = [...prompt];
  const wanted = Math.floor((percent * characters.length) / 100);
  const count = Math.min(Math.max(wanted, 1), characters.length - 1);
  return { kept: characters.slice(0, count).join(''), missing: characters.slice(count).join('') };
}

function toUnits(text: string, unit: PartialPromptOptions['unit']): string[] {
  return unit === 'characters' ? [...text] : text.split(/\s+/).filter((word) => word !== '');
}

/** How well a continuation completes a prompt; the continuation counts up to the missing part's length. */
export function scoreContinuation(
  continuation: string,
  missing: string,
  unit: PartialPromptOptions['unit'],
): { readonly exactMatch: 0 | 1; readonly rougeL: number } {
  const reference = toUnits(missing, unit);
  const generated = toUnits(continuation, unit).slice(0, reference.length);
  const isSame = generated.length === reference.length && generated.every((part, i) => part === reference[i]);
  return { exactMatch: isSame ? 1 : 0, rougeL: rougeL(generated, reference) };
}

/** Whether a continuation ends with the problem's answer; null where the check cannot decide. */
function scoreAnswer(
  task: Task,
  problem: Problem,
  continuation: { readonly completion: ProbeCompletion; readonly missing: string },
): 0 | 1 | null {
  const { completion, missing } = continuation;
  // A task whose whole completion is the answer would otherwise read the rest of the question as part of it.
  const text = completion.text.startsWith(missing) ? completion.text.slice(missing.length) : completion.text;
  return scoreCompletion(task, problem, { text, isTruncated: completion.isTruncated });
}

async function probeSplit(
  subject: ProbeSubject,
  options: PartialPromptOptions,
  at: { readonly split: EvaluationSplit; readonly percent: number },
): Promise<ProbeScore[]> {
  const { split, percent } = at;
  const problems = subject.problems(split);
  const cuts = problems.map(({ prompt }) => cutPrompt(prompt, percent));
  const longest = Math.max(...cuts.map(({ missing }) => subject.encode(missing).length));
  const completions = await subject.policy.complete({
    split,
    prompts: cuts.map(({ kept }) => kept),
    samples: 1,
    temperature: 0,
    maxNewTokens: longest + subject.maxNewTokens,
  });
  return problems.flatMap((problem, problemIndex) => {
    const completion = completions[problemIndex]![0]!;
    const { missing } = cuts[problemIndex]!;
    const scores = scoreContinuation(completion.text, missing, options.unit);
    const answer = scoreAnswer(subject.taskOf(split), problem, { completion, missing });
    const place = { split, problemIndex };
    return [
      { ...place, metric: `exact_match_${percent}`, value: scores.exactMatch },
      { ...place, metric: `rouge_l_${percent}`, value: scores.rougeL },
      ...(answer === null ? [] : [{ ...place, metric: `answer_accuracy_${percent}`, value: answer }]),
    ];
  });
}

/**
 * Partial-prompt completion: show the first x % of a problem and let the policy go on greedily. A policy that completes
 * the question, or answers it, has seen it. Exact match and ROUGE-L compare the continuation, cut to the length of the
 * missing part, with that part; answer accuracy asks whether the continuation ends with the right answer.
 */
export const partialPrompt: Probe<PartialPromptOptions> = {
  name: 'partial-prompt',
  source: 'arXiv 2507.10532',
  optionsSchema,
  metrics: ({ splits, keptPercents }) =>
    keptPercents.flatMap((percent) =>
      ['exact_match', 'rouge_l', 'answer_accuracy'].map((metric) => ({
        name: `${metric}_${percent}`,
        splits,
        isPerProblem: true,
      })),
    ),
  run: (subject, options) =>
    measureSplits(options.splits, async (split) => {
      const scores: ProbeScore[] = [];
      for (const percent of new Set(options.keptPercents)) {
        scores.push(...(await probeSplit(subject, options, { split, percent })));
      }
      return scores;
    }),
};
