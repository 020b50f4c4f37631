import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hypothesisSchema, type HypothesisInput } from '../../config/hypothesis.ts';
import { expectedPower, neededBases } from '../../stats/significance/power.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { parseComponentCsv, toComponentCsv, type ComponentRow } from './component-rows.ts';
import { measureComponents, recoverComponents } from './measure-components.ts';
import { isExpected, isUnderpowered, planPower, type ExpectedRow, type PowerPlan } from './plan-power.ts';
import { describePower } from './power-text.ts';

const hypothesis = (changes: Partial<HypothesisInput> = {}) =>
  hypothesisSchema.parse({
    claim: 'GRPO raises pass@1.',
    treatment: 'grpo',
    control: 'base',
    metric: { name: 'pass@k', split: 'clean', k: 1 },
    alternative: 'greater',
    interest: { value: 0.05, unit: 'fraction' },
    reported: 'greater',
    ...changes,
  });
const row: ComponentRow = {
  claim: 'demo',
  scale: 'small',
  comparison: 'grpo − base',
  metric: 'pass@1 on clean',
  bases: 0.0004,
  seeds: 0,
  problems: 0.0096,
  residual: 0.02,
  measuredBases: 5,
  measuredRuns: 5,
  measuredProblems: 96,
  source: 'a pilot',
};
const plan = (...hypotheses: ReturnType<typeof hypothesis>[]): PowerPlan => ({
  claim: 'demo',
  scale: 'small',
  hypotheses,
  bases: 5,
  seedsPerBase: 1,
  problems: { clean: 96 },
});
const first = (...input: Parameters<typeof planPower>): ExpectedRow => {
  const [found] = planPower(...input);
  assert.ok(found !== undefined && isExpected(found), JSON.stringify(found));
  return found;
};

test('power is that of the stored components at the effect of interest, at the level of Holm’s first step', () => {
  const found = first(plan(hypothesis(), hypothesis()), [row]);
  const components = { bases: 0.0004, seeds: 0, problems: 0.0096, residual: 0.02, sampling: 0 };
  const question = { effect: 0.05, components, alpha: 0.025 };
  const design = { bases: 5, seedsPerBase: 1, problems: 96, samples: 1 };
  const power = expectedPower({ ...question, design });
  assert.deepEqual(found.power, { low: power, high: power });
  const needed = neededBases({ ...question, design });
  assert.deepEqual(found.needed, { low: needed, high: needed });
  // Error²: .0004/5 + .0096/96 + .02/480 = .00022; (t(4) .025 = 2.78 and more) · .0149 leaves little of .05.
  assert.ok(power > 0.4 && power < 0.95, `${power}`);
  assert.match(
    describePower(found),
    /^1\. GRPO raises pass@1\. .*power \d+ % at 0\.05 from its bound, one-sided level 0\.025; 80 % takes/,
  );
});

test('a residual that is not told apart gives a range, and only what no value of it can save is underpowered', () => {
  const found = first(plan(hypothesis()), [{ ...row, residual: null }]);
  assert.ok(found.power.low < found.power.high);
  assert.equal(isUnderpowered({ ...found, power: { low: 0.5, high: 0.81 } }), false);
  assert.equal(isUnderpowered({ ...found, power: { low: 0.5, high: 0.79 } }), true);
});

test('what is asked for is interest beyond the margin, or the margin where no difference is meant', () => {
  const beyond = hypothesis({ margin: { value: 0.02, unit: 'fraction' } });
  assert.ok(Math.abs(first(plan(beyond), [row]).effect - 0.03) < 1e-12);
  const { interest: _, ...rest } = hypothesis();
  const same = hypothesisSchema.parse({
    ...rest,
    alternative: 'equivalent',
    margin: { value: 0.04, unit: 'fraction' },
  });
  assert.equal(first(plan(same), [row]).effect, 0.04);
});

test('one number per run is planned by its bases alone', () => {
  const perRun = { ...row, bases: 0.001, problems: 0, residual: 0, measuredProblems: 1 };
  const found = first(plan(hypothesis()), [perRun]);
  const more = first({ ...plan(hypothesis()), problems: { clean: 9 } }, [perRun]);
  assert.equal(found.power.low, more.power.low);
});

test('what is not known is said to be unknown', () => {
  const reasonOf = (...input: Parameters<typeof planPower>): string => {
    const [found] = planPower(...input);
    assert.ok(found !== undefined && !isExpected(found) && !isUnderpowered(found));
    assert.match(describePower(found), /power unknown: /);
    return found.reason;
  };
  const { interest: _, ...without } = hypothesis();
  assert.match(reasonOf(plan(hypothesisSchema.parse(without)), [row]), /no smallest effect of interest/);
  assert.match(reasonOf(plan(hypothesis()), []), /no variance components/);
  assert.match(reasonOf({ ...plan(hypothesis()), scale: 'full' }, [row]), /at scale full/);
  const still = { ...row, bases: 0, problems: 0, residual: 0 };
  assert.match(reasonOf(plan(hypothesis()), [still]), /nothing varied/);
});

test('another comparison by the same metric lends its components, the largest there are', () => {
  const others = [
    { ...row, comparison: 'a − b' },
    { ...row, comparison: 'c − d', bases: 0.01 },
  ];
  const found = first(plan(hypothesis()), others);
  assert.equal(found.isBorrowed, true);
  assert.equal(found.components.comparison, 'c − d');
  assert.match(describePower(found), /components of c − d, the most variable/);
});

test('the table of components is read back as it was written', () => {
  const rows = [row, { ...row, metric: 'entropy, last quarter of the steps', residual: null }];
  assert.deepEqual(parseComponentCsv(toComponentCsv(rows)), rows);
});

test('components are measured on completed runs, and recovered from a table of verdicts', () => {
  const simulated = simulateComparison({ bases: 4, seeds: 2, problems: 30, samples: 8, steps: 4 });
  const experiment = { ...simulated.experiment, hypotheses: [hypothesis()] };
  const place = { claim: 'demo', scale: 'small', source: 'a pilot' };
  const [found] = measureComponents({ ...simulated, experiment }, place);
  assert.equal(found!.comparison, 'grpo − base');
  assert.deepEqual([found!.measuredBases, found!.measuredRuns, found!.measuredProblems], [4, 8, 30]);
  assert.ok(found!.residual! > 0);
  const verdicts =
    'treatment,control,metric,control_metric,alternative,low,high,detectable,bases,seeds,problems\n' +
    'grpo,base,"accuracy, all steps","accuracy, all steps",greater,-0.27764451,0.27764451,0.30728114,5,5,1\n';
  const [recovered] = recoverComponents(verdicts, place);
  assert.equal(recovered!.metric, 'accuracy, all steps');
  assert.ok(Math.abs(recovered!.bases - 0.05) < 1e-5, `${recovered!.bases}`);
});
