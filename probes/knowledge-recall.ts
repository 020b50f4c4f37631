import { z } from 'zod';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import type { Problem } from '../tasks/problem.ts';
import type { Task } from '../tasks/task.ts';
import { meanAccuracy } from './accuracy.ts';
import type { Probe, ProbeScore, ProbeSubject } from './probe.ts';
import { samplesOption, temperatureOption } from './split-options.ts';

const optionsSchema = z.strictObject({
  samplesPerProblem: samplesOption(),
  temperature: temperatureOption(),
});

type RecallOptions = z.infer<typeof optionsSchema>;

const SPLIT = 'knowledge';

async function recallAccuracy(
  subject: ProbeSubject,
  problems: readonly Problem[],
  how: { readonly samples: number; readonly temperature: number },
): Promise<(number | null)[]> {
  const task = subject.taskOf(SPLIT);
  const completions = await subject.policy.complete({
    split: SPLIT,
    prompts: problems.map(({ prompt }) => prompt),
    maxNewTokens: subject.maxNewTokens,
    ...how,
  });
  return problems.map((problem, i) => meanAccuracy(task, problem, completions[i]!));
}

/** The one way the corpus writes a fact: facts have a single format without choices. */
function writeFact(task: Task, fact: Problem): string {
  return task.writeCompletion(fact, task.formats[0]!, createGenerator(deriveStream(0, 'write')));
}

/** −Σ logprobs of the fact as the corpus writes it, the end token included. */
async function surprisal(subject: ProbeSubject, facts: readonly Problem[]): Promise<number[]> {
  const task = subject.taskOf(SPLIT);
  const texts = facts.map((fact) => ({
    prompt: fact.prompt,
    tokens: Int32Array.from([...subject.encode(writeFact(task, fact)), subject.endId]),
  }));
  const logprobs = await subject.policy.score(texts);
  return logprobs.map((row) => -row.reduce((sum, logprob) => sum + logprob, 0));
}

/**
 * Whether facts of the corpus survive training: accuracy of the greedy answer, of sampled answers, and the surprisal of the
 * fact as the corpus wrote it, −log P(completion | prompt), which moves before an answer flips.
 */
export const knowledgeRecall: Probe<RecallOptions> = {
  name: 'knowledge-recall',
  source: 'arXiv 2507.18178',
  optionsSchema,
  metrics: () =>
    ['greedy_accuracy', 'sampled_accuracy', 'surprisal_nats'].map((name) => ({
      name,
      splits: [SPLIT],
      isPerProblem: true,
    })),
  run: async (subject, { samplesPerProblem, temperature }) => {
    const facts = subject.problems(SPLIT);
    const values = {
      greedy_accuracy: await recallAccuracy(subject, facts, { samples: 1, temperature: 0 }),
      sampled_accuracy: await recallAccuracy(subject, facts, { samples: samplesPerProblem, temperature }),
      surprisal_nats: await surprisal(subject, facts),
    };
    return Object.entries(values).flatMap(([metric, scores]) =>
      scores.flatMap((value, problemIndex): ProbeScore[] =>
        value === null ? [] : [{ metric, split: SPLIT, problemIndex, value }],
      ),
    );
  },
};
