import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Opened } from '../../config/part.ts';
import { openTask } from '../../tasks/index.ts';
import { listSettings, varyOptions, type OptionTable } from '../conformance/vary-options.ts';
import { judges } from './index.ts';
import { WHOLE_ROLLOUT, type Judge, type JudgeCall, type JudgeClient, type Judgement } from './judge.ts';
import { runJudge } from './run-judge.ts';

const table: OptionTable = {
  'checks.criteria': { values: [{ 'known-format': 1 }, { 'shows-steps': 2, 'ends-properly': 1 }] },
};

/** Says the same of the same text, in few tokens. */
const client: JudgeClient = {
  ask: ({ text }) => Promise.resolve({ outcome: 'answered', text: `${text.length}`, tokens: text.length }),
};

const arithmetic = openTask('arithmetic');
const knowledge = openTask('knowledge');
const chain = { key: '47+8-3*2+6=', prompt: '47+8-3*2+6=', answer: '10' };
const fact = knowledge.problem('knowledge', 0, 0);
const texts = ['[55;52;04;10]#10', '[55;52;05;10]#10', '[55;52]#10', '#10', '#10#11', '', 'ten'];
const calls: readonly JudgeCall[] = [true, false].flatMap((isTruncated) => [
  ...texts.map((text) => ({ task: arithmetic, problem: chain, completion: { text, isTruncated } })),
  { task: knowledge, problem: fact, completion: { text: `#${fact.answer}`, isTruncated } },
]);

/** The same rollout with another reference: another answer, wrong steps for right ones, one more of them. */
function relabel(call: JudgeCall): JudgeCall {
  const { task, problem } = call;
  const steps: JudgeCall['task']['steps'] = (...of) => {
    const right = task.steps(...of);
    if (right === null) return null;
    const turned = right.map((step) => ({ ...step, isCorrect: !step.isCorrect }));
    return [...turned, { ...right[0]!, text: '', isCorrect: false }];
  };
  return { ...call, task: { ...task, steps }, problem: { ...problem, answer: `${problem.answer}1` } };
}

const judgeOne = (judge: Opened<Judge<object>>, call: JudgeCall): Promise<readonly Judgement[]> =>
  runJudge(judge, call, client);

async function judgeEach(
  judge: Opened<Judge<object>>,
  some: readonly JudgeCall[],
): Promise<readonly (readonly Judgement[])[]> {
  return Promise.all(some.map((call) => judgeOne(judge, call)));
}

for (const part of judges.parts) {
  const opened = listSettings(part, table).map((options): Opened<Judge<object>> => ({
    part,
    options: options as Readonly<Record<string, unknown>>,
  }));

  test(`${part.name}: it finds the same again, in whatever order the rollouts come, and leaves them alone`, async () => {
    for (const judge of opened) {
      const found = await judgeEach(judge, calls);
      const before = JSON.stringify(calls);
      assert.deepEqual((await judgeEach(judge, calls.toReversed())).toReversed(), found);
      assert.equal(JSON.stringify(calls), before);
    }
  });

  test(`${part.name}: every outcome is typed, its items and units are those it declares`, async () => {
    for (const judge of opened) {
      const items = part.items?.(judge.options);
      for (const found of await judgeEach(judge, calls)) {
        for (const { outcome, score, unit, item } of found) {
          assert.equal(outcome === 'judged', score !== null);
          assert.equal(part.asks === 'unit', unit > WHOLE_ROLLOUT);
          assert.ok(items === undefined || items.includes(item), item);
        }
      }
    }
  });

  test(`${part.name}: some rollout is judged well and some badly`, async () => {
    const found = (await judgeEach(opened[0]!, calls)).flat();
    assert.ok(new Set(found.flatMap(({ score }) => score ?? [])).size > 1);
  });

  test(`${part.name}: rules take no tokens, and a client's are all accounted for`, async () => {
    for (const judge of opened) {
      for (const call of calls) {
        const questions = part.engine === 'client' ? part.questions(call, judge.options) : [];
        const asked = questions.reduce((sum, { text }) => sum + text.length, 0);
        const found = await judgeOne(judge, call);
        assert.equal(
          found.reduce((sum, { tokens }) => sum + tokens, 0),
          asked,
        );
      }
    }
  });

  test(`${part.name}: it says that it sees labels exactly when they change what it finds`, async () => {
    for (const judge of opened) {
      const found = JSON.stringify(await judgeEach(judge, calls));
      const doLabelsMatter = JSON.stringify(await judgeEach(judge, calls.map(relabel))) !== found;
      assert.equal(part.sees?.(judge.options) ?? 'nothing', doLabelsMatter ? 'labels' : 'nothing');
    }
  });

  for (const { option, list } of varyOptions(part, table)) {
    test(`${part.name}.${option}: each value changes what it finds`, async () => {
      const outcomes = await Promise.all(
        list().map(async (options) => {
          const judge = { part, options: options as Readonly<Record<string, unknown>> };
          return JSON.stringify(await judgeEach(judge, calls));
        }),
      );
      assert.equal(new Set(outcomes).size, outcomes.length);
    });
  }
}
