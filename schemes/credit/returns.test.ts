import { test } from 'node:test';
import { assertClose, readGoldenCases, type GoldenCase } from '../../tests/support/golden-cases.ts';
import { compare } from '../comparisons/compare.fixture.ts';
import {
  discountRewards,
  estimateAdvantages,
  placeTokenRewards,
  whitenTokens,
  type TokenGrid,
} from './returns.ts';

const TOLERANCE = { rtol: 1e-5, atol: 2e-5 };

function toGrid(golden: GoldenCase): TokenGrid {
  return { width: golden.completion_mask[0]!.length, tokenMask: golden.completion_mask.flat() };
}

for (const golden of readGoldenCases('reinforce++')) {
  test(`${golden.name}: token rewards, returns and whitened advantages equal verl's`, () => {
    const grid = toGrid(golden);
    const { expected, config } = golden;
    const placed = placeTokenRewards(grid, golden.rewards, {
      beta: config.beta,
      behaviorLogprobs: golden.behavior_logprobs!.flat(),
      referenceLogprobs: golden.reference_logprobs.flat(),
    });
    assertClose(placed, expected.token_rewards.flat(), { ...TOLERANCE, what: 'token reward' });
    const returns = discountRewards(grid, placed, config.gamma);
    assertClose(returns, expected.returns.flat(), { ...TOLERANCE, what: 'return' });
    const advantages = whitenTokens(grid, returns);
    assertClose(advantages, (expected.advantages as number[][]).flat(), { ...TOLERANCE, what: 'advantage' });
  });
}

for (const golden of readGoldenCases('reinforce++-baseline')) {
  test(`${golden.name}: whitened group-centred rewards equal verl's`, () => {
    const grid = toGrid(golden);
    const centred = compare(['group', { scale: 'none' }], golden.rewards, golden.config.group_size);
    const spread = golden.completion_mask.flatMap((row, at) => row.map(() => centred[at]!));
    const want = (golden.expected.advantages as number[][]).flat();
    assertClose(whitenTokens(grid, spread), want, { ...TOLERANCE, what: 'advantage' });
  });
}

for (const golden of readGoldenCases('gae')) {
  test(`${golden.name}: advantages, returns and whitened advantages equal verl's`, () => {
    const grid = toGrid(golden);
    const { expected, config } = golden;
    const critic = { tokenRewards: golden.token_rewards.flat(), values: golden.values.flat() };
    const { advantages, returns } = estimateAdvantages(grid, critic, {
      gamma: config.gamma,
      lambda: config.lam,
    });
    assertClose(advantages, (expected.advantages as number[][]).flat(), { ...TOLERANCE, what: 'advantage' });
    assertClose(returns, expected.returns.flat(), { ...TOLERANCE, what: 'return' });
    const whitened = whitenTokens(grid, advantages);
    assertClose(whitened, expected.advantages_whitened.flat(), { ...TOLERANCE, what: 'whitened' });
  });
}

test('returns of a reward of 1 at the end of three tokens are its powers of gamma; padding gets 0', () => {
  const grid = { width: 4, tokenMask: [1, 1, 1, 0] };
  const returns = discountRewards(grid, [0, 0, 1, 9], 0.5);
  assertClose(returns, [0.25, 0.5, 1, 0], { rtol: 0, atol: 0, what: 'return' });
});
