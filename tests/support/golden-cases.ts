import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** One case of tests/fixtures/policy-gradient.json; which fields a case has depends on its algorithm. */
export interface GoldenCase {
  readonly name: string;
  readonly algorithm: 'grpo-family' | 'rloo' | 'reinforce++' | 'reinforce++-baseline' | 'gae';
  readonly config: GoldenConfig;
  readonly rewards: number[];
  readonly logprobs: number[][];
  readonly behavior_logprobs: number[][] | null;
  readonly reference_logprobs: number[][];
  readonly entropies: number[][];
  readonly completion_mask: number[][];
  readonly token_rewards: number[][];
  readonly values: number[][];
  readonly expected: {
    readonly advantages: number[] | number[][];
    readonly loss: number;
    readonly grad_logprobs: number[][];
    readonly entropy_mask?: number[][];
    readonly returns: number[][];
    readonly token_rewards: number[][];
    readonly advantages_whitened: number[][];
  };
}

export interface GoldenConfig {
  readonly group_size: number;
  readonly loss_type: 'grpo' | 'bnpo' | 'dapo' | 'dr_grpo' | 'cispo';
  readonly importance_sampling_level: 'token' | 'sequence';
  readonly scale_rewards: 'group' | 'batch' | 'none';
  readonly beta: number;
  readonly epsilon: number;
  readonly epsilon_high: number;
  readonly delta: number | null;
  readonly top_entropy_quantile: number;
  readonly max_completion_length: number;
  readonly use_bias_correction_kl: boolean;
  readonly normalize_advantages: boolean;
  readonly gamma: number;
  readonly lam: number;
}

/** The golden cases of one algorithm, for tests. */
export function readGoldenCases(algorithm: GoldenCase['algorithm']): GoldenCase[] {
  const file = new URL('../fixtures/policy-gradient.json', import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: GoldenCase[] };
  return cases.filter((golden) => golden.algorithm === algorithm);
}

/** |got − want| ≤ atol + rtol·|want| for every entry. */
export function assertClose(
  got: ArrayLike<number>,
  want: readonly number[],
  tolerance: { rtol: number; atol: number; what: string },
): void {
  assert.equal(got.length, want.length, tolerance.what);
  want.forEach((value, at) => {
    const isClose = Math.abs(got[at]! - value) <= tolerance.atol + tolerance.rtol * Math.abs(value);
    assert.ok(isClose, `${tolerance.what}[${at}]: ${got[at]} for ${value}`);
  });
}
