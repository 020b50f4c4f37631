import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidSpecError } from '../config/invalid-spec-error.ts';
import { scaleClaim } from './claim.ts';
import { findClaim, listClaims, resolveClaim } from './load-claims.ts';
import { planRuns } from './plan-runs.ts';
import { scaleNames } from './scales.ts';

const claims = await listClaims();

for (const claim of claims) {
  test(`${claim.name} resolves at every scale, with its mandatory arms and at least one hypothesis`, () => {
    for (const scale of scaleNames) {
      const experiment = resolveClaim(claim, scale);
      const arms = new Set(experiment.conditions.map(({ name }) => name.split('/')[0]!));
      assert.ok(
        ['base', 'random-reward', 'ground-truth'].every((arm) => arms.has(arm)),
        claim.name,
      );
      assert.ok(experiment.conditions.some(({ condition }) => condition.scheme.name === 'grpo'));
      assert.ok(experiment.hypotheses.length > 0);
      if (scale === 'tiny') continue;
      const compared = experiment.conditions.filter(({ condition }) => condition.collect === undefined);
      for (const { baseSeeds } of compared) assert.ok(baseSeeds.length >= 3);
    }
  });
}

test('a claim is another experiment at each scale, and the same one each time', async () => {
  const claim = await findClaim('negative-reinforcement');
  const ids = scaleNames.map((scale) => resolveClaim(claim, scale).id);
  assert.equal(new Set(ids).size, scaleNames.length);
  assert.equal(resolveClaim(claim, 'small').id, ids[1]);
});

test('a scale reaches every base recipe, and tiny limits k to a fourth of the samples it draws', () => {
  const scaled = scaleClaim(
    {
      name: 'demo',
      source: 'nowhere',
      question: 'Does it?',
      task: { family: 'arithmetic' },
      base: 'latent-strategy',
      conditions: { other: { base: 'no-latent-strategy' }, third: { base: { recipe: 'teacher', steps: 7 } } },
      hypotheses: [{ metric: { name: 'pass@k', split: 'clean', k: 64 } }],
      checks: { control: { metric: { name: 'pass@k', split: 'clean', k: 64 } } },
    },
    'tiny',
  ) as {
    base: { recipe: string; steps: number };
    conditions: { other: { base: { recipe: string; steps: number } }; third: { base: { steps: number } } };
    hypotheses: { metric: { k: number } }[];
    checks: { control: { metric: { k: number } } };
    evaluation: { samplesPerProblem: number };
  };
  assert.equal(scaled.base.recipe, 'latent-strategy');
  assert.equal(scaled.base.steps, 20);
  assert.equal(scaled.conditions.other.base.recipe, 'no-latent-strategy');
  assert.equal(scaled.conditions.other.base.steps, 20);
  assert.equal(scaled.conditions.third.base.steps, 20);
  assert.equal(scaled.hypotheses[0]!.metric.k, scaled.evaluation.samplesPerProblem / 4);
  assert.equal(scaled.checks.control.metric.k, scaled.evaluation.samplesPerProblem / 4);
});

test('an unknown claim and a claim without a source are refused', async () => {
  await assert.rejects(
    findClaim('negative-reinforcment'),
    (error: unknown) =>
      error instanceof InvalidSpecError && /nearest is "negative-reinforcement"/.test(error.message),
  );
  assert.throws(() => scaleClaim({ name: 'demo' }, 'tiny'), /source/);
});

test('claims share arms: the same condition in two claims is one run', () => {
  const idsOf = claims.map((claim) => resolveClaim(claim, 'small').conditions.map(({ id }) => id));
  const shared = idsOf.flatMap((ids, i) =>
    idsOf.slice(i + 1).map((others) => new Set(ids.filter((id) => others.includes(id))).size),
  );
  assert.ok(Math.max(...shared) >= 3, `at most ${Math.max(...shared)} shared conditions`);
  assert.ok(planRuns(resolveClaim(claims[0]!, 'small')).length > 0);
});
