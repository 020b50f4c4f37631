import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPairTokenizer } from '../model/tokenizers/pair-tokenizer.fixture.ts';
import type { EvaluationSplit } from '../config/plan.ts';
import { openTask } from '../tasks/index.ts';
import { meanProbability, toScores } from './answer-confidence.ts';
import { openProbe } from './index.ts';
import type { ProbeSubject } from './probe.ts';

const logs = (...probabilities: number[]): Float32Array => Float32Array.from(probabilities.map(Math.log));

/** Where each of these tokens stands in the text that they make. */
function offsetsOf(pieces: readonly string[]) {
  let at = 0;
  return pieces.map((piece) => ({ from: at, to: (at += piece.length) }));
}

test('the confidence of an answer is the mean probability of its tokens alone', () => {
  // "[5]#10": the answer is "10".
  const offsets = offsetsOf([...'[5]#10']);
  const value = meanProbability({ from: 4, to: 6 }, offsets, logs(0.1, 0.2, 0.3, 0.4, 0.5, 0.75));
  assert.ok(Math.abs(value - 0.625) < 1e-6);
});

test('a token that lies partly in the answer counts', () => {
  const value = meanProbability({ from: 1, to: 3 }, offsetsOf(['#1', '0', '']), logs(0.5, 1, 0.25));
  assert.ok(Math.abs(value - 0.75) < 1e-6);
});

test('the probe reads the tokens that the tokenizer says hold the answer', async () => {
  const task = openTask('arithmetic', { operations: 1, harderOperations: 2 });
  const { answer, ...rest } = task.problem('clean', 0, 0);
  const tokenizer = createPairTokenizer(task.alphabet, [['#', answer[0]!]]);
  const tokens = tokenizer.encode(`#${answer}<end>`);
  assert.equal(tokens.length, 3);
  const completion = { text: `#${answer}`, isTruncated: false, tokens, logprobs: logs(0.5, 1, 0.25) };
  const subject = {
    task,
    taskOf: () => task,
    problems: (_split: EvaluationSplit) => [{ answer, ...rest }],
    policy: { complete: () => Promise.resolve([[completion]]) },
    maxNewTokens: 8,
    offsets: (ids: Int32Array) => tokenizer.offsets(ids),
  } as unknown as ProbeSubject;
  const scores = await openProbe('answer-confidence', {}).run(subject);
  const confidence = scores.find(({ metric }) => metric === 'confidence')!.value;
  assert.ok(Math.abs(confidence - 0.75) < 1e-6, `${confidence}`);
});

test('Brier is per problem; ECE and AUROC are of the split', () => {
  const scores = toScores('', 'clean', [
    { problemIndex: 0, confidence: 0.95, isCorrect: 1 },
    { problemIndex: 1, confidence: 0.92, isCorrect: 0 },
    { problemIndex: 3, confidence: 0.25, isCorrect: 0 },
    { problemIndex: 4, confidence: 0.96, isCorrect: 1 },
  ]);
  const found = (metric: string, problemIndex: number): number =>
    scores.find((score) => score.metric === metric && score.problemIndex === problemIndex)!.value;
  assert.ok(Math.abs(found('brier', 1) - 0.8464) < 1e-12);
  assert.ok(Math.abs(found('brier', 4) - 0.0016) < 1e-12);
  // Last bin: 3 answers, accuracy 2/3, mean 2.83/3; third bin: 1 answer, accuracy 0, mean ¼.
  assert.ok(Math.abs(found('ece', -1) - ((3 / 4) * (2.83 / 3 - 2 / 3) + (1 / 4) * 0.25)) < 1e-12);
  assert.equal(found('auroc', -1), 1);
  assert.equal(scores.filter(({ metric }) => metric === 'confidence').length, 4);
});

test('of several answers to a problem the means are taken, and ECE and AUROC are over all answers', () => {
  const scores = toScores('', 'clean', [
    { problemIndex: 0, confidence: 0.9, isCorrect: 1 },
    { problemIndex: 0, confidence: 0.5, isCorrect: 0 },
    { problemIndex: 2, confidence: 0.7, isCorrect: 0 },
  ]);
  const found = Object.fromEntries(scores.map((s) => [`${s.metric} ${s.problemIndex}`, s.value]));
  const expected = {
    'confidence 0': 0.7,
    'overconfidence 0': 0.2,
    'brier 0': (0.01 + 0.25) / 2,
    'overconfidence 2': 0.7,
    'brier 2': 0.49,
    'ece -1': (0.1 + 0.5 + 0.7) / 3,
    'auroc -1': 1,
  };
  for (const [name, value] of Object.entries(expected))
    assert.ok(Math.abs(found[name]! - value) < 1e-12, `${name} ${found[name]}`);
  assert.equal(scores.length, 8);
});

test('answers are sampled on request at the temperature of the final evaluation, and greedy without', async () => {
  const task = openTask('arithmetic', { operations: 1, harderOperations: 2 });
  const asked: unknown[] = [];
  const subject = {
    task,
    taskOf: () => task,
    problems: () => [task.problem('clean', 0, 0)],
    policy: {
      complete: ({ samples, temperature }: { samples: number; temperature: number }) => {
        asked.push({ samples, temperature });
        const nothing = { text: '', isTruncated: false, tokens: new Int32Array(), logprobs: logs() };
        return Promise.resolve([Array.from({ length: samples }, () => nothing)]);
      },
    },
    maxNewTokens: 8,
    temperature: 0.7,
  } as unknown as ProbeSubject;
  await openProbe('answer-confidence', {}).run(subject);
  const scores = await openProbe('answer-confidence', { samplesPerProblem: 3 }).run(subject);
  assert.deepEqual(asked, [
    { samples: 1, temperature: 0 },
    { samples: 3, temperature: 0.7 },
  ]);
  assert.deepEqual(scores, [{ metric: 'accuracy', split: 'clean', problemIndex: 0, value: 0 }]);
});

test('AUROC of one class and everything of no answer is undefined', () => {
  const sure = toScores('stated_', 'clean', [{ problemIndex: 0, confidence: 1, isCorrect: 1 }]);
  assert.deepEqual(
    sure.map(({ metric }) => metric),
    ['stated_confidence', 'stated_overconfidence', 'stated_brier', 'stated_ece'],
  );
  assert.deepEqual(toScores('', 'clean', []), []);
});

test('stated confidence needs a format that states one', () => {
  const stating = openProbe('answer-confidence', { kinds: ['stated'] });
  const plain = { task: openTask('arithmetic'), layers: 2 };
  assert.match(stating.findFault(plain)!, /states a confidence; it has scratchpad, direct/);
  const task = openTask('arithmetic', { formats: ['direct', 'direct-confidence'] });
  assert.equal(stating.findFault({ task, layers: 2 }), null);
});
