import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { mean } from '../intervals/aggregate-scores.ts';
import { momentsInterval } from '../intervals/published-intervals.fixture.ts';
import { PUBLISHED_PROBLEMS, PUBLISHED_REPEATS, publishedScenarios } from './published-scenarios.fixture.ts';

const scenarios = publishedScenarios();

test('there are the 162 published scenarios, a third of the beta ones without an effect', () => {
  // Six noise shares × (five means × three effects + twelve one-sided).
  assert.equal(scenarios.length, 6 * (5 * 3 + 12));
  assert.equal(scenarios.filter(({ trueDifference }) => trueDifference === 0).length, 6 * 5);
});

test('every scenario draws around its true difference', () => {
  for (const { name, trueDifference, draw } of scenarios) {
    const generator = createGenerator(deriveStream(0, `published-scenarios/${name}`));
    const found = mean(draw(generator, 4000, 2).flat());
    // The difference of one answer varies by at most 1, so the standard error is at most 0.016.
    assert.ok(Math.abs(found - trueDifference) < 0.06, `${name}: ${found}, expected ${trueDifference}`);
  }
});

test('the published interval covers as often as it is published to', () => {
  let covered = 0;
  let drawn = 0;
  for (const problems of PUBLISHED_PROBLEMS) {
    for (const { name, trueDifference, draw } of scenarios) {
      const stream = deriveStream(0, `published-coverage/${name}/${problems}`);
      for (let repetition = 0; repetition < 4; repetition += 1) {
        const differences = draw(createGenerator(stream, repetition), problems, PUBLISHED_REPEATS);
        const [low, high] = momentsInterval(differences);
        drawn += 1;
        if (low <= trueDifference && trueDifference <= high) covered += 1;
      }
    }
  }
  // 95.7 %, to three standard errors of 3 888 draws.
  assert.ok(Math.abs(covered / drawn - 0.957) < 3 * Math.sqrt((0.957 * 0.043) / drawn), `${covered / drawn}`);
});
