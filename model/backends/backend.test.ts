import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  BackendMissingError,
  computeVariables,
  listBackends,
  selectBackend,
  type BackendName,
  type BackendProvenance,
} from './backend.ts';
import { defaultCacheDirectory } from './cache-directory.ts';

const hasNative = listBackends(defaultCacheDirectory()).some(
  ({ name, present }) => name === 'native' && present,
);
const emptyCache = mkdtempSync(join(tmpdir(), 'assay-empty-cache-'));

interface Trial {
  provenance: BackendProvenance;
  product: number[];
  gradient: number[];
  leakedTensors: number;
}

/** Selects a backend in a process of its own: the native library can be loaded only once, with one setting. */
function tryBackend(backend: BackendName): Trial {
  const program = `
    const tf = await import('@tensorflow/tfjs-core');
    const { selectBackend } = await import('./backend.ts');
    const provenance = await selectBackend({ backend: '${backend}', cacheDirectory: ${JSON.stringify(defaultCacheDirectory())}, threads: 1 });
    const before = tf.memory().numTensors;
    const [product, gradient] = tf.tidy(() => {
      const a = tf.tensor2d([[1, 2], [3, 4]]);
      const lossGradient = tf.grad((x) => tf.sum(tf.slice(tf.logSoftmax(tf.matMul(x, x)), [0, 0], [2, 1])));
      return [Array.from(tf.matMul(a, a).dataSync()), Array.from(lossGradient(a).dataSync())];
    });
    console.log(JSON.stringify({ provenance, product, gradient, leakedTensors: tf.memory().numTensors - before }));`;
  return JSON.parse(runHere(program)) as Trial;
}

function runHere(program: string): string {
  return execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  });
}

// Z = X², L = Σ_i log softmax(Z_i)[0]; dL/dZ_i = [p, −p] with p = softmax(Z_i)[1]; dL/dX = dL/dZ Xᵀ + Xᵀ dL/dZ, worked at X = [[1, 2], [3, 4]].
const p1 = 1 / (1 + Math.exp(7 - 10));
const p2 = 1 / (1 + Math.exp(15 - 22));
const EXPECTED_GRADIENT = [
  -p1 + p1 + 3 * p2,
  -p1 - p1 - 3 * p2,
  -p2 + 2 * p1 + 4 * p2,
  -p2 - 2 * p1 - 4 * p2,
];

for (const { name, present } of listBackends(defaultCacheDirectory())) {
  test(
    `the ${name} backend computes what our own tfjs-core asks for, with gradients`,
    { skip: !present && `${name} is not installed` },
    () => {
      const trial = tryBackend(name);
      assert.equal(trial.provenance.name, name);
      assert.deepEqual(trial.product, [7, 10, 15, 22]);
      trial.gradient.forEach((value, index) => {
        assert.ok(
          Math.abs(value - (EXPECTED_GRADIENT[index] ?? NaN)) < 1e-5,
          `gradient ${trial.gradient.join(' ')} against ${EXPECTED_GRADIENT.join(' ')}`,
        );
      });
      assert.equal(trial.leakedTensors, 0);
      if (name === 'native') assert.equal(trial.provenance.flags['TF_NUM_INTRAOP_THREADS'], '1');
    },
  );
}

test('a missing native backend is refused with the command that installs it', async () => {
  await assert.rejects(selectBackend({ backend: 'native', cacheDirectory: emptyCache }), (error) => {
    assert.ok(error instanceof BackendMissingError);
    assert.match(error.message, /npm run assay -- setup/);
    return true;
  });
});

test(
  'the native library is not asked for other threads than it was loaded with',
  { skip: !hasNative && 'native is not installed' },
  () => {
    const program = `
    const { BackendSettingsError, selectBackend } = await import('./backend.ts');
    const request = { backend: 'native', cacheDirectory: ${JSON.stringify(defaultCacheDirectory())} };
    await selectBackend({ ...request, threads: 1 });
    await selectBackend({ ...request, threads: 1 });
    const error = await selectBackend({ ...request, threads: 2 }).catch((reason) => reason);
    console.log(error instanceof BackendSettingsError);`;
    assert.equal(runHere(program), 'true\n');
  },
);

test(
  'the native library works in a Node whose util has lost the functions that tfjs-node calls',
  { skip: !hasNative && 'native is not installed' },
  () => {
    const program = `
    const { createRequire } = await import('node:module');
    const util = createRequire(import.meta.url)('node:util');
    delete util.isArray;
    delete util.isNullOrUndefined;
    const tf = await import('@tensorflow/tfjs-core');
    const { selectBackend } = await import('./backend.ts');
    await selectBackend({ backend: 'native', cacheDirectory: ${JSON.stringify(defaultCacheDirectory())} });
    console.log(tf.topk(tf.tensor1d([1, 3, 2]), 2).indices.dataSync().join(' '));`;
    assert.equal(runHere(program), '1 2\n');
  },
);

test('a run records variables of TensorFlow and its thread pools, and none of a program that shares the prefix', () => {
  const kept = {
    KMP_BLOCKTIME: '0',
    OMP_NUM_THREADS: '1',
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_NUM_INTRAOP_THREADS: '1',
  };
  const others = {
    TF_CLI_CONFIG_FILE: '/home/me/.terraformrc',
    TF_VAR_password: 'secret',
    TF_TOKEN_host: 'secret',
    HOME: '/',
  };
  assert.deepEqual(computeVariables({ ...others, ...kept }), kept);
});

test('auto takes the first backend that is present', async () => {
  const provenance = await selectBackend({ backend: 'auto', cacheDirectory: emptyCache });
  assert.equal(provenance.name, 'wasm');
  assert.equal(provenance.flags['WASM_HAS_SIMD_SUPPORT'], 'true');
});

test('a backend can be exchanged for the plain one within a process', async () => {
  await selectBackend({ backend: 'wasm', cacheDirectory: emptyCache });
  const provenance = await selectBackend({ backend: 'cpu', cacheDirectory: emptyCache });
  assert.equal(provenance.name, 'cpu');
});
