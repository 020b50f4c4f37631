import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EvaluationSplit } from '../config/plan.ts';
import { openTask } from '../tasks/index.ts';
import { openProbe } from './index.ts';
import type { CompletionCall, ProbeCompletion, ProbeSubject } from './probe.ts';

const task = openTask('arithmetic', { operations: 1, harderOperations: 2, operators: ['+'] });
const END = -1;

/** Right answers with probability 0.9 per token for even problems, wrong ones with 0.4 for odd problems. */
function completeByHand({ prompts, samples, split }: CompletionCall): ProbeCompletion[][] {
  return prompts.map((_, index) => {
    const isRight = index % 2 === 0;
    const { answer } = task.problem(split as EvaluationSplit, 0, index);
    const text = `#${isRight ? answer : String((Number(answer) + 1) % 100).padStart(2, '0')}`;
    const tokens = Int32Array.from([...[...text].map((c) => c.codePointAt(0)!), END]);
    const logprobs = new Float32Array(tokens.length).fill(Math.log(isRight ? 0.9 : 0.4));
    return Array.from({ length: samples }, () => ({ text, isTruncated: false, tokens, logprobs }));
  });
}

const subject = {
  task,
  taskOf: () => task,
  problems: (split: EvaluationSplit) =>
    Array.from({ length: 20 }, (_, index) => task.problem(split, 0, index)),
  policy: { complete: (call: CompletionCall) => Promise.resolve(completeByHand(call)) },
  maxNewTokens: 8,
  // One token per character, then the end token.
  offsets: (ids: Int32Array) => Array.from(ids, (id, i) => ({ from: i, to: id === END ? i : i + 1 })),
} as unknown as ProbeSubject;

test('fitted on dev, it tells sure right answers from unsure wrong ones on clean', async () => {
  const scores = await openProbe('confidence-classifier', { samples: 2 }).run(subject);
  const valuesOf = (metric: string, split: string): number[] =>
    scores.filter((score) => score.metric === metric && score.split === split).map(({ value }) => value);
  assert.deepEqual(valuesOf('fit_accuracy', 'dev'), [0.5]);
  assert.deepEqual(valuesOf('auroc', 'clean'), [1]);
  const errors = valuesOf('brier', 'clean');
  assert.equal(errors.length, 20);
  // Better by far than the ¼ of always saying one half.
  assert.ok(Math.max(...errors) < 0.05, `${Math.max(...errors)}`);
});

test('the split it is fitted on is none of those it is judged on', () => {
  const probe = openProbe('confidence-classifier', { fitOn: 'clean' });
  assert.match(probe.findFault({ task, layers: 2 })!, /found clean, which is also among splits/);
});
