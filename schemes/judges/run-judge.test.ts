import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { openTask } from '../../tasks/index.ts';
import type { ClientJudge, JudgeAnswer, JudgeCall, JudgeClient, Judgement, RulesJudge } from './judge.ts';
import { runJudge } from './run-judge.ts';

const task = openTask('arithmetic');
const call: JudgeCall = {
  task,
  problem: { key: '1+2=', prompt: '1+2=', answer: '3' },
  completion: { text: '#3', isTruncated: false },
};
const optionsSchema = z.strictObject({ votes: z.number().default(1).describe('Answers to each question.') });

/** Asks whether the answer is right, and whether it is short. */
const asked: ClientJudge<z.infer<typeof optionsSchema>> = {
  name: 'asked',
  description: 'What a model says.',
  optionsSchema,
  asks: 'item',
  engine: 'client',
  questions: ({ problem, completion }, { votes }) =>
    ['right', 'short'].flatMap((item) =>
      Array.from({ length: votes }, (_, vote) => ({
        ...{ item, unit: -1, vote, weight: 2, maxTokens: 8 },
        text: `${problem.prompt}${completion.text} ${item}?`,
      })),
    ),
  read: (answers) =>
    answers.map(({ question: { item, unit, vote, weight }, text, tokens }): Judgement => {
      const place = { item, unit, vote, weight, text, tokens };
      const label = /^(yes|no)/.exec(text)?.[1];
      return label === undefined
        ? { ...place, outcome: 'unparsable', score: null, label: null }
        : { ...place, outcome: 'judged', score: Number(label === 'yes'), label };
    }),
};

const judge = (votes = 1) => ({ part: asked, options: { votes } });

function answering(answerTo: (text: string, at: number) => JudgeAnswer): JudgeClient & { asked: string[] } {
  const texts: string[] = [];
  return {
    asked: texts,
    ask: ({ text }) => Promise.resolve(answerTo(text, texts.push(text) - 1)),
  };
}

test('a client is asked every question of every vote once, and its answers become judgements', async () => {
  const client = answering((text) => ({
    outcome: 'answered',
    text: text.endsWith('right?') ? 'yes, it is' : 'no',
    tokens: 4,
  }));
  const found = await runJudge(judge(2), call, client);
  assert.deepEqual(client.asked, ['1+2=#3 right?', '1+2=#3 right?', '1+2=#3 short?', '1+2=#3 short?']);
  assert.deepEqual(
    found.map(({ item, vote, outcome, score, label, text, tokens }) => [
      ...[item, vote, outcome, score, label, text, tokens],
    ]),
    [
      ['right', 0, 'judged', 1, 'yes', 'yes, it is', 4],
      ['right', 1, 'judged', 1, 'yes', 'yes, it is', 4],
      ['short', 0, 'judged', 0, 'no', 'no', 4],
      ['short', 1, 'judged', 0, 'no', 'no', 4],
    ],
  );
});

test('an answer that is cut off, refused, missing or unreadable is an outcome of its own without a score', async () => {
  const answers: readonly (readonly [JudgeAnswer['outcome'], string, Judgement['outcome']])[] = [
    ['truncated', 'ye', 'truncated'],
    ['failed', 'status 503', 'failed'],
    ['refused', 'I would rather not', 'refused'],
    ['answered', 'perhaps', 'unparsable'],
  ];
  for (const [outcome, text, expected] of answers) {
    const client = answering((_, at) =>
      at === 0 ? { outcome, text, tokens: 5 } : { outcome: 'answered', text: 'yes', tokens: 5 },
    );
    const found = await runJudge(judge(), call, client);
    assert.deepEqual(
      found.find(({ item }) => item === 'right'),
      {
        ...{ item: 'right', unit: -1, vote: 0, weight: 2, outcome: expected, score: null },
        ...{ label: null, text, tokens: 5 },
      },
    );
    assert.equal(found.find(({ item }) => item === 'short')?.score, 1);
  }
});

test('a judge that asks a model is refused where nothing can answer', async () => {
  await assert.rejects(runJudge(judge(), call), {
    name: 'JudgeClientMissingError',
    message: /judge 'asked'/,
  });
});

test('what is no judgement is refused with judge, item and problem', async () => {
  const sound: Judgement = {
    ...{ item: 'a', unit: -1, vote: 0, weight: 1, outcome: 'judged', score: 1 },
    ...{ label: null, text: null, tokens: 0 },
  };
  const saying = (found: readonly Judgement[]) => {
    const part: RulesJudge<object> = {
      name: 'broken',
      description: 'What the test says.',
      optionsSchema: z.strictObject({}),
      asks: 'item',
      engine: 'rules',
      judge: () => found,
    };
    return runJudge({ part, options: {} }, call);
  };
  assert.deepEqual(await saying([sound]), [sound]);
  const broken: readonly (readonly [readonly Judgement[], RegExp])[] = [
    [[{ ...sound, score: null }], /score exactly where it is judged/],
    [[{ ...sound, outcome: 'failed', score: 0 }], /score exactly where it is judged/],
    [[{ ...sound, score: NaN }], /a finite score/],
    [[{ ...sound, weight: -1 }], /weight of at least 0/],
    [[{ ...sound, unit: -2 }], /a unit from 0/],
    [[{ ...sound, tokens: 0.5 }], /counts/],
    [[sound, { ...sound, score: 0 }], /one judgement of each item/],
  ];
  for (const [found, message] of broken) {
    await assert.rejects(saying(found), { name: 'InvalidJudgementError', message });
    await assert.rejects(saying(found), /judge 'broken' said of a, .* problem '1\+2='/);
  }
});
