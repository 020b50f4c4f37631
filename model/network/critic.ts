import type { PolicyConfig } from './config.ts';
import { createPolicyFromTensors, exportWeights, type Policy } from './policy.ts';

/** The architecture of a critic beside policies of `config`: the same trunk with one score per column. */
export function toCriticConfig(config: PolicyConfig): PolicyConfig {
  return { ...config, tiedEmbeddings: false, outputs: 1 };
}

/**
 * A critic that starts from a policy: a copy of its trunk, trained apart from it, and a score of 0 everywhere. Hugging Face
 * calls this architecture a sequence classifier with one label. The caller owns it (`disposePolicy`).
 */
export function createCritic(policy: Policy): Policy {
  const { width } = policy.config;
  const trunk = [...exportWeights(policy)].filter(([name]) => name !== 'lm_head.weight');
  const head = { dtype: 'F32', shape: [1, width], values: new Float32Array(width) } as const;
  return createPolicyFromTensors(
    toCriticConfig(policy.config),
    new Map([...trunk, ['score.weight', head] as const]),
  );
}
