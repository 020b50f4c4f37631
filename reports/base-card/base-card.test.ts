import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBaseCard, type BaseCardInput, type CardEvaluation } from './base-card.ts';
import { toCardText } from './base-card-text.ts';

/** Four samples: three gave the right answer, one another. */
const mostlyRight: CardEvaluation = {
  split: 'clean',
  answer: '10',
  n: 4,
  c: 3,
  answers: { '10': 3, '11': 1 },
  formats: { scratchpad: { n: 2, c: 2 }, direct: { n: 2, c: 1 } },
};

/** Four samples, none right: two gave the same wrong answer, one another, one no answer. */
const wrong: CardEvaluation = {
  split: 'clean',
  answer: '20',
  n: 4,
  c: 0,
  answers: { '21': 2, '22': 1, '': 1 },
  formats: { direct: { n: 3, c: 0 }, other: { n: 1, c: 0 } },
};

const input: BaseCardInput = {
  name: 'demo',
  purpose: 'To be tested.',
  seed: 0,
  baseModelId: 'a'.repeat(64),
  weightsSha256: 'b'.repeat(64),
  plan: {},
  tokens: 1000,
  finalLoss: 0.5,
  madeAt: '2026-11-21T00:00:00.000Z',
  leak: { p: 10, q: 20 },
  evaluations: [{ ...mostlyRight, split: 'contaminated' }, mostlyRight, wrong],
  probeScores: [
    { probe: 'partial-prompt', metric: 'exact_match_60', split: 'clean', value: 0 },
    { probe: 'partial-prompt', metric: 'exact_match_60', split: 'clean', value: 1 },
    { probe: 'other', metric: 'exact_match_60', split: 'clean', value: 1 },
  ],
};

test('a card holds pass@k, formats and unsolved problems per split, splits in reading order', () => {
  const { splits } = toBaseCard(input);
  assert.deepEqual(
    splits.map(({ split }) => split),
    ['clean', 'contaminated'],
  );
  const [clean] = splits;
  // Means of 3/4 and 0, of 1 and 0; four samples do not define pass@16.
  assert.deepEqual(clean!.passAtK, { 1: 0.375, 4: 0.5, 16: null, 64: null });
  assert.equal(clean!.majorityAccuracy, 0.5);
  assert.equal(clean!.unsolved, 0.5);
  assert.deepEqual(clean!.formats, [
    { format: 'direct', samples: 5, share: 0.625, accuracy: 0.2 },
    { format: 'other', samples: 1, share: 0.125, accuracy: 0 },
    { format: 'scratchpad', samples: 2, share: 0.25, accuracy: 1 },
  ]);
});

test('confidence is the share of an answer among the other samples, and is compared with how often it is right', () => {
  const { calibration } = toBaseCard({ ...input, evaluations: [mostlyRight] }).splits[0]!;
  // Right samples: 2 of 3 others agree, three times; the wrong one: none. Mean (3·2/3 + 0)/4 = 0.5.
  assert.ok(Math.abs(calibration!.meanConfidence - 0.5) < 1e-12);
  assert.equal(calibration!.accuracy, 0.75);
  // Bin of 2/3: |2/3 − 1|·3/4; bin of 0: |0 − 0|·1/4.
  assert.ok(Math.abs(calibration!.ece - 0.25) < 1e-12);
  assert.equal(calibration!.auroc, 1);
});

test('where several answers are right, nothing is read from their text', () => {
  const several: CardEvaluation = { ...mostlyRight, c: 4 };
  const [clean] = toBaseCard({ ...input, evaluations: [several] }).splits;
  assert.equal(clean!.calibration, null);
  assert.equal(clean!.majorityAccuracy, null);
});

test('the leak is repeats and gap; a recipe that plants nothing has none', () => {
  assert.deepEqual(toBaseCard(input).leak, { problems: 2, repeats: 15, gap: 0.375 });
  assert.equal(toBaseCard({ ...input, leak: {} }).leak, null);
});

test('probe scores are averaged over problems, each probe and metric apart', () => {
  const metric = 'exact_match_60';
  assert.deepEqual(toBaseCard(input).probes, [
    { probe: 'partial-prompt', metric, split: 'clean', mean: 0.5 },
    { probe: 'other', metric, split: 'clean', mean: 1 },
  ]);
});

test('the text has a row per split and says when a stage planted nothing', () => {
  const text = toCardText(toBaseCard({ ...input, leak: { p: 0, q: 0 } }));
  assert.match(text, /^\| clean \| 2 \| 0\.375 \| 0\.500 \| – \| – \| 0\.500 \| 0\.500 \|$/m);
  assert.match(text, /2 problems, none planted \(control\); pass@1 contaminated minus clean \+0\.375/);
});
