import { z } from 'zod';
import { GIVEN_FORMAT, givenFormatMetrics } from '../config/given-format.ts';
import type { EvaluationSplit } from '../config/plan.ts';
import type { Task } from '../tasks/task.ts';
import { scoreCompletion } from './accuracy.ts';
import type { Probe, ProbeScore, ProbeSetting, ProbeSubject } from './probe.ts';
import { measureSplits, samplesOption, splitsOption } from './split-options.ts';

const optionsSchema = z.strictObject({
  splits: splitsOption('clean'),
  samplesPerProblem: samplesOption(),
});

type GivenFormatOptions = z.infer<typeof optionsSchema>;

/** Beginnings that tell formats apart → the formats that begin so; formats that begin with nothing cannot be forced. */
function groupByPrefix(task: Task, formats: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const format of formats) {
    const prefix = task.formatPrefix(format);
    if (prefix !== '') groups.set(prefix, [...(groups.get(prefix) ?? []), format]);
  }
  return groups;
}

interface Beginning {
  readonly split: EvaluationSplit;
  readonly prefix: string;
  readonly formats: readonly string[];
}

/** n and c of each problem and format, of the samples that were forced to begin as a format does and ended as one of these. */
async function probeBeginning(
  subject: ProbeSubject,
  { split, prefix, formats }: Beginning,
  samplesPerProblem: number,
): Promise<ProbeScore[]> {
  const task = subject.taskOf(split);
  const problems = subject.problems(split);
  const isGreedy = subject.temperature === 0;
  const completions = await subject.policy.complete({
    split,
    prompts: problems.map(({ prompt }) => prompt + prefix),
    samples: isGreedy ? 1 : samplesPerProblem,
    temperature: subject.temperature,
    maxNewTokens: Math.max(1, subject.maxNewTokens - subject.encode(prefix).length),
  });
  return problems.flatMap((problem, problemIndex) => {
    const written = completions[problemIndex]!.map(({ text, isTruncated }) => {
      const completion = { text: prefix + text, isTruncated };
      return { format: task.formatOf(completion.text), score: scoreCompletion(task, problem, completion) };
    });
    return formats.flatMap((format) => {
      const metrics = givenFormatMetrics(format);
      const scores = written.flatMap((one) =>
        one.format === format && one.score !== null ? [one.score] : [],
      );
      const n = scores.length;
      const correct = scores.reduce<number>((sum, score) => sum + score, 0);
      const at = { split, problemIndex };
      const accuracy = n === 0 ? [] : [{ ...at, metric: metrics.accuracy, value: correct / n }];
      return [...accuracy, { ...at, metric: metrics.samples, value: n }];
    });
  });
}

async function probeSplit(
  subject: ProbeSubject,
  split: EvaluationSplit,
  samplesPerProblem: number,
): Promise<ProbeScore[]> {
  const own = subject.taskOf(split);
  const formats = own.formats.filter((format) => subject.task.formats.includes(format));
  const scores: ProbeScore[] = [];
  for (const [prefix, begun] of groupByPrefix(own, formats))
    scores.push(...(await probeBeginning(subject, { split, prefix, formats: begun }, samplesPerProblem)));
  return scores;
}

function findFault(_: GivenFormatOptions, { task }: ProbeSetting): string | null {
  const beginnings = [...groupByPrefix(task, task.formats).keys()];
  return beginnings.length >= 2
    ? null
    : `the formats of task ${task.name} (${task.formats.join(', ')}) have ${beginnings.length} beginnings to force, expected two or more`;
}

/**
 * How right the policy is in each format, whichever it would choose: completions forced to begin as a format does, at the temperature
 * of the final evaluation (greedy: one each). A sample counts for the format that it ended in; one that ended in none counts for none.
 */
export const givenFormat: Probe<GivenFormatOptions> = {
  name: GIVEN_FORMAT,
  source: 'docs/metrics.md, parts of a gain',
  optionsSchema,
  metrics: ({ splits }, { task }) =>
    task.formats
      .filter((format) => task.formatPrefix(format) !== '')
      .flatMap((format) => Object.values(givenFormatMetrics(format)))
      .map((name) => ({ name, splits, isPerProblem: true })),
  findFault,
  run: (subject, { splits, samplesPerProblem }) =>
    measureSplits(splits, (split) => probeSplit(subject, split, samplesPerProblem)),
};
