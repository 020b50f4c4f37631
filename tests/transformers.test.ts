import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { selectBackend } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { createCharacterTokenizer } from '../model/tokenizers/character-tokenizer.ts';
import { savePolicy } from '../model/checkpoints/checkpoint.ts';
import type { PolicyConfig } from '../model/network/config.ts';
import { forwardLogits } from '../model/network/forward.ts';
import { createPolicy, disposePolicy, type Policy } from '../model/network/policy.ts';

const script = fileURLToPath(new URL('./support/open_checkpoint.py', import.meta.url));
const python = process.env['ASSAY_TRANSFORMERS_PYTHON'] ?? 'python3';
const TEXTS = ['3+4*2=', '12-(7)', '0'];

interface Opened {
  model: string;
  transformers: string;
  texts: { ids: number[]; decoded: string; logits: number[][] }[];
  greedy: number[];
}

/** Why the tests cannot run here; false when they can. */
function findObstacle(): string | false {
  const probe = spawnSync(python, ['-c', 'import torch, transformers'], { encoding: 'utf8' });
  if (probe.status === 0) return false;
  const reason = probe.error?.message ?? probe.stderr.trim().split('\n').at(-1);
  return `${python} cannot import transformers (${reason}); name one that can in ASSAY_TRANSFORMERS_PYTHON`;
}

function openWithTransformers(directory: string): Opened {
  const { status, stdout, stderr } = spawnSync(python, [script, directory], {
    encoding: 'utf8',
    input: JSON.stringify({ texts: TEXTS }),
    maxBuffer: 64e6,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Opened;
}

const tokenizer = createCharacterTokenizer('0123456789+-*()= abc', { pad: '<pad>', end: '<end>' });

function createConfig(variant: Pick<PolicyConfig, 'keyValueHeads' | 'tiedEmbeddings'>): PolicyConfig {
  return {
    vocabularySize: tokenizer.vocabularySize,
    width: 48,
    layers: 3,
    heads: 4,
    headWidth: 12,
    feedForwardWidth: 80,
    maxPositions: 64,
    ropeTheta: 1000,
    normEpsilon: 1e-5,
    beginId: null,
    endId: tokenizer.endId,
    padId: tokenizer.padId,
    ...variant,
  };
}

/** Logits [tokens · V] of one sequence. */
function computeLogits(policy: Policy, ids: readonly number[]): Float32Array {
  const logits = forwardLogits(policy, {
    count: 1,
    promptLength: 1,
    completionLength: ids.length - 1,
    tokens: Int32Array.from(ids),
    promptStarts: new Int32Array(1),
    completionLengths: Int32Array.of(ids.length - 1),
  });
  const values = (logits.dataSync() as Float32Array).slice();
  logits.dispose();
  return values;
}

/** The most likely continuation, one token at a time and without a cache. */
function continueGreedily(policy: Policy, prompt: readonly number[], count: number): number[] {
  const ids = [...prompt];
  for (let i = 0; i < count; i += 1) {
    const last = computeLogits(policy, ids).subarray(-policy.config.vocabularySize);
    // transformers is told to go on past the end token.
    const allowed = [...last.keys()].filter((id) => id !== tokenizer.endId);
    ids.push(allowed.reduce((best, id) => (last[id]! > last[best]! ? id : best)));
  }
  return ids.slice(prompt.length);
}

/** |got − want| ≤ 5e-4 + 1e-4·|want|, as in the golden values of transformers. */
function assertClose(got: Float32Array, want: readonly number[], what: string): void {
  assert.equal(got.length, want.length, what);
  want.forEach((value, at) => {
    const error = Math.abs(got[at]! - value);
    assert.ok(error <= 5e-4 + 1e-4 * Math.abs(value), `${what}[${at}]: ${got[at]}, transformers ${value}`);
  });
}

const variants = {
  'grouped-query attention, untied': { keyValueHeads: 2, tiedEmbeddings: false },
  'multi-head attention, tied': { keyValueHeads: 4, tiedEmbeddings: true },
};

for (const [name, variant] of Object.entries(variants)) {
  describe(`a policy with ${name}, saved here and opened by transformers`, { skip: findObstacle() }, () => {
    let directory: string;
    let policy: Policy;
    let opened: Opened;

    before(async () => {
      await selectBackend({ backend: 'auto', cacheDirectory: defaultCacheDirectory() });
      directory = mkdtempSync(join(tmpdir(), 'assay-transformers-'));
      // Larger weights than usual, so that a misplaced one shows.
      policy = createPolicy(createConfig(variant), 7, 0.2);
      await savePolicy(policy, tokenizer.files, directory);
      opened = openWithTransformers(directory);
    });

    after(() => {
      disposePolicy(policy);
      rmSync(directory, { recursive: true, force: true });
    });

    test('is a LlamaForCausalLM', () => {
      assert.equal(opened.model, 'LlamaForCausalLM');
    });

    test('gives the same token ids and the text back', () => {
      TEXTS.forEach((text, at) => {
        assert.deepEqual(opened.texts[at]!.ids, [...tokenizer.encode(text)]);
        assert.equal(opened.texts[at]!.decoded, text);
      });
    });

    test('gives the same logits', () => {
      for (const { ids, logits } of opened.texts) {
        assertClose(computeLogits(policy, ids), logits.flat(), 'logits');
      }
    });

    test('gives the same greedy continuation', () => {
      const { ids } = opened.texts[0]!;
      assert.deepEqual(continueGreedily(policy, ids, opened.greedy.length), opened.greedy);
    });
  });
}
