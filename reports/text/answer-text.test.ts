import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DifferenceRow } from '../tables/difference-table.ts';
import type { GainPartRow } from '../tables/gain-part-table.ts';
import type { RankingRow } from '../tables/ranking-table.ts';
import { describeAnswer } from './answer-text.ts';

const arm = (rank: number, condition: string, level: number, isControl = false): RankingRow => ({
  ...{ rank, condition, isControl, split: 'clean', level, low: level - 0.05, high: level + 0.05 },
  ...{
    standardError: 0.02,
    toReference: null,
    tokens: 1000,
    chanceOfBest: 0.5,
    bases: 1,
    seeds: 3,
    problems: 96,
  },
});

const pair = (
  condition: string,
  reference: string,
  [difference, low, high]: readonly [number, number, number],
  own: Partial<DifferenceRow> = {},
): DifferenceRow => ({
  ...{ condition, reference, kind: 'schemes', split: 'clean', k: 1, difference, low, high },
  ...{ standardError: 0.02, detectable: 0.06, p: 0.001, holmP: 0.01, problemSignFlipP: 0.001 },
  ...{ bases: 1, seeds: 3, problems: 96, seedPairing: 'same', bySeed: [] },
  ...own,
});

const done = [{ status: 'completed' }];
const ranking = [
  arm(1, 'grpo', 0.844),
  arm(2, 'rloo', 0.82),
  arm(3, 'neg', 0.5),
  arm(4, 'base', 0.375, true),
];
const toBase = pair('grpo', 'base', [0.469, 0.43, 0.5], { kind: 'baseline' });
const answer = (
  differences: readonly DifferenceRow[],
  runs: readonly { status: string }[] = done,
): string[] => describeAnswer({ ...NAMES, ranking, differences, gainParts: [], verdicts: [], runs });

const NAMES = { scoreName: 'pass@1', nouns: { control: 'control', trained: 'schemes' } };

test('the best scheme is told with its level, its difference to the baseline and the interval', () => {
  assert.deepEqual(answer([toBase]), [
    'grpo reaches 0.844 in pass@1 on clean, 0.469 above base (95% interval 0.430 to 0.500).',
  ]);
});

test('the gain of the best scheme is told apart into eliciting, sharpening and teaching', () => {
  const part = (estimate: number) => ({ estimate, low: estimate - 0.01, high: estimate + 0.01 });
  const gain: GainPartRow = {
    ...{ condition: 'grpo', reference: 'base', split: 'clean', gain: part(0.469), share: part(0.4) },
    ...{ within: part(0.069), temperature: part(0.05), rest: part(0.019) },
    ...{ accuracies: 'observed', unknown: 0, bases: 1, seeds: 3, problems: 96 },
  };
  const told = (gainParts: readonly GainPartRow[]): string[] =>
    describeAnswer({
      ...NAMES,
      ranking,
      differences: [toBase],
      gainParts,
      verdicts: [],
      runs: done,
    });
  assert.equal(
    told([gain])[1],
    'Of the gain of grpo over base, +0.469: +0.400 (+0.390 to +0.410) is eliciting, choosing another format; ' +
      '+0.050 (+0.040 to +0.060) is sharpening, what a lower temperature gives as well; +0.019 (+0.009 to +0.029) is teaching, the rest.',
  );
  assert.match(
    told([{ ...gain, temperature: part(0.17), rest: part(-0.101) }])[1]!,
    /−0\.101 \(−0\.111 to −0\.091\) is what training falls short of that temperature, so that no teaching was shown\.$/,
  );
  assert.equal(told([{ ...gain, temperature: null, rest: null }]).length, 1, 'without the base at its best');
  assert.equal(told([{ ...gain, split: 'contaminated' }]).length, 1);
});

test('pairs of schemes that differ are named, the higher first, and the others bounded with what could have been seen', () => {
  const [, schemes] = answer([
    toBase,
    pair('neg', 'grpo', [-0.344, -0.4, -0.3]),
    pair('rloo', 'grpo', [-0.024, -0.07, 0.03], { holmP: 1 }),
    pair('neg', 'rloo', [-0.32, -0.38, -0.25], { k: 8 }),
  ]);
  assert.equal(
    schemes,
    'Between schemes: grpo 0.344 above neg (95% interval 0.300 to 0.400); no other pair is told apart; by their 95% intervals they differ by no more than 0.070, and 0.060 could have been seen.',
  );
});

test('without evidence it says so, and what could have been seen; an uncorrected difference is called that', () => {
  const none = pair('grpo', 'base', [0.02, -0.03, 0.07], { kind: 'baseline', holmP: 1 });
  assert.match(
    answer([none])[0]!,
    /not told apart from base \(0\.020 above base, 95% interval −0\.030 to 0\.070; 0\.060 could have been seen\)\.$/,
  );
  const weak = pair('grpo', 'base', [0.02, 0.01, 0.03], { kind: 'baseline', holmP: 0.2 });
  assert.match(answer([weak])[0]!, /but not beyond the correction for all comparisons\.$/);
});

test('a control above the best scheme, and runs that are missing, are said', () => {
  const [partial, best] = describeAnswer({
    ...NAMES,
    ranking: [arm(1, 'base', 0.9, true), arm(2, 'grpo', 0.5)],
    differences: [pair('grpo', 'base', [-0.4, -0.5, -0.3], { kind: 'baseline' })],
    gainParts: [],
    verdicts: [],
    runs: [...done, { status: 'failed' }],
  });
  assert.equal(partial, 'Not final: 1 of 2 runs are completed.');
  assert.equal(
    best,
    'grpo reaches 0.500 in pass@1 on clean, 0.400 below base (95% interval 0.300 to 0.500); the control base is higher, at 0.900.',
  );
});

test('where no difference between shares is large enough to be seen, none is named', () => {
  const blind = pair('grpo', 'base', [0.3, -0.4, 1], {
    kind: 'baseline',
    detectable: 19.4,
    holmP: 1,
    p: 0.4,
  });
  assert.match(answer([blind])[0]!, /; none could have been seen\)/);
});

test('where the best scheme is the baseline, its difference to a control is told from its side', () => {
  const ranked = [arm(1, 'grpo', 0.844), arm(2, 'rloo', 0.82), arm(3, 'base', 0.375, true)];
  const differences = [
    pair('base', 'grpo', [-0.469, -0.5, -0.43], { kind: 'baseline' }),
    pair('rloo', 'grpo', [-0.024, -0.07, 0.03], { kind: 'baseline', holmP: 1 }),
  ];
  const [best, schemes] = describeAnswer({
    ...NAMES,
    ...{ ranking: ranked, differences, gainParts: [], verdicts: [], runs: done },
  });
  assert.equal(
    best,
    'grpo reaches 0.844 in pass@1 on clean, 0.469 above base (95% interval 0.430 to 0.500).',
  );
  assert.match(schemes!, /^Between schemes: rloo and grpo are not told apart/);
});

test('a control that is only as high is not called higher', () => {
  const [told] = describeAnswer({
    ...NAMES,
    ...{ ranking: [arm(1, 'base', 0.5, true), arm(2, 'grpo', 0.5)], differences: [], gainParts: [] },
    ...{ verdicts: [], runs: done },
  });
  assert.doesNotMatch(told!, /higher/);
});

test('nothing evaluated is no answer', () => {
  assert.deepEqual(
    describeAnswer({
      ...NAMES,
      ranking: [],
      differences: [],
      gainParts: [],
      verdicts: [],
      runs: done,
    }),
    ['No arm has a final evaluation yet.'],
  );
});
