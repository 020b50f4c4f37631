import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import {
  nativeInstallationDirectory,
  nativePackageName,
  readNativeInstallation,
  TFJS_VERSION,
  type NativeVariant,
} from './native-installation.ts';
import { loadNativeLibrary } from './native-library.ts';

export type BackendName = 'gpu' | 'native' | 'wasm' | 'cpu';
export type BackendChoice = 'auto' | BackendName;

/** What a run records about the library that computed it. Same provenance on the same machine kind → same weights hash. */
export interface BackendProvenance {
  name: BackendName;
  /** Package or library → version. */
  versions: Record<string, string>;
  /** Whatever changes numbers or speed: oneDNN, threads, SIMD, and every variable of TensorFlow and its thread pools that was set. */
  flags: Record<string, string>;
  device: string;
}

export interface BackendRequest {
  backend: BackendChoice;
  cacheDirectory: string;
  /** Threads inside one operation; default: all the processor offers. Only the native backend uses more than one. */
  threads?: number;
}

export interface BackendAvailability {
  name: BackendName;
  present: boolean;
  detail: string;
  /** The command that installs it, when it is missing. */
  mend?: string;
}

export const SETUP_COMMAND = 'npm run assay -- setup';

/** A backend was asked for by name and is not installed: install it or ask for another. */
export class BackendMissingError extends Error {
  override readonly name = 'BackendMissingError';
}

/** The native library reads its settings once per process: another setting needs a process of its own. */
export class BackendSettingsError extends Error {
  override readonly name = 'BackendSettingsError';
}

interface NativeKernelBackend {
  isUsingGpuDevice: boolean;
  binding: { TF_Version: string };
}

const PREFERENCE: readonly BackendName[] = ['gpu', 'native', 'wasm', 'cpu'];
const TFJS_NAMES: Record<BackendName, string> = {
  gpu: 'tensorflow',
  native: 'tensorflow',
  wasm: 'wasm',
  cpu: 'cpu',
};

let loadedNative: { variant: NativeVariant; threads: number; versions: Record<string, string> } | undefined;

/**
 * Makes one tfjs backend the global one, for every module that imports `@tensorflow/tfjs-core`. Call it before the first tensor.
 * `auto` takes the first present of gpu, native, wasm, cpu; a named backend is taken or refused, never replaced by another.
 *
 * Tests of other modules begin with
 * `await selectBackend({ backend: (process.env.ASSAY_TEST_BACKEND ?? 'auto') as BackendChoice, cacheDirectory: defaultCacheDirectory() })`.
 *
 * The native library takes its threads from the environment of the process, which a worker thread cannot change: select in a main thread.
 *
 * @throws BackendMissingError when the named backend is not installed; the message holds the command that installs it.
 * @throws BackendSettingsError when this process already runs the native library with other threads or the other variant.
 */
export async function selectBackend(request: BackendRequest): Promise<BackendProvenance> {
  const threads = request.threads ?? availableParallelism();
  const name = chooseBackend(request);
  // Without this tfjs prints an advertisement on its cpu backend and one warning per kernel registered by a second copy.
  tf.enableProdMode();
  if (name === 'gpu' || name === 'native') {
    return selectNative(name, request.cacheDirectory, threads);
  }
  return name === 'wasm' ? selectWasm() : selectCpu();
}

/** Which backends this machine has, in the order `auto` prefers them. Loads none of them. */
export function listBackends(cacheDirectory: string): BackendAvailability[] {
  return PREFERENCE.map((name) => {
    if (name === 'wasm' || name === 'cpu') {
      return { name, present: true, detail: `@tensorflow/tfjs-backend-${name} ${TFJS_VERSION}` };
    }
    const installation = readNativeInstallation(cacheDirectory, name);
    if (installation === undefined) {
      return {
        name,
        present: false,
        detail: `the library of ${nativePackageName(name)} is not in ${cacheDirectory}`,
        mend: SETUP_COMMAND,
      };
    }
    return {
      name,
      present: true,
      detail: `${installation.package} ${installation.version} on TensorFlow ${installation.tensorflow}`,
    };
  });
}

/**
 * Which backend a request means on this machine; loads nothing, so it can be asked before any work is launched.
 *
 * @throws BackendMissingError when the named backend is not installed
 */
export function chooseBackend({
  backend,
  cacheDirectory,
}: Pick<BackendRequest, 'backend' | 'cacheDirectory'>): BackendName {
  const available = listBackends(cacheDirectory);
  const chosen = available.find(({ name, present }) => (backend === 'auto' ? present : name === backend));
  if (chosen?.present) return chosen.name;
  throw new BackendMissingError(
    `backend '${backend}' was asked for, but ${chosen?.detail ?? 'no such backend is known'}; ` +
      `expected one of ${available
        .filter(({ present }) => present)
        .map(({ name }) => name)
        .join(', ')}. Install it with: ${SETUP_COMMAND}`,
  );
}

async function selectNative(
  variant: NativeVariant,
  cacheDirectory: string,
  threads: number,
): Promise<BackendProvenance> {
  const versions = loadNative(variant, cacheDirectory, threads);
  await activate(variant);
  const kernels = tf.backend() as unknown as NativeKernelBackend;
  if (variant === 'gpu' && !kernels.isUsingGpuDevice) {
    throw new BackendMissingError(
      "backend 'gpu' is installed, but TensorFlow found no usable NVIDIA device; " +
        `expected one visible to nvidia-smi with its CUDA libraries. Ask for backend 'native', or repeat: ${SETUP_COMMAND}`,
    );
  }
  return {
    name: variant,
    versions: { ...versions, tensorflow: kernels.binding.TF_Version, node: process.versions.node },
    flags: computeVariables(process.env),
    device: variant === 'gpu' ? 'nvidia gpu' : processorName(),
  };
}

function loadNative(variant: NativeVariant, cacheDirectory: string, threads: number): Record<string, string> {
  if (loadedNative !== undefined) {
    if (loadedNative.variant === variant && loadedNative.threads === threads) return loadedNative.versions;
    throw new BackendSettingsError(
      `this process already runs the '${loadedNative.variant}' library with ${String(loadedNative.threads)} threads; ` +
        `'${variant}' with ${String(threads)} threads was asked for. Start another process for it`,
    );
  }
  // The library reads these once, while it loads. What the user set stays, except the threads, which are part of the request.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  const versions = loadNativeLibrary(variant, nativeInstallationDirectory(cacheDirectory, variant));
  loadedNative = { variant, threads, versions };
  return versions;
}

async function selectWasm(): Promise<BackendProvenance> {
  const { version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  await registerGradients();
  await activate('wasm');
  return {
    name: 'wasm',
    versions: {
      '@tensorflow/tfjs-core': tf.version_core,
      '@tensorflow/tfjs-backend-wasm': version_wasm,
      node: process.versions.node,
    },
    // One thread always: the threaded binary starts its workers from a blob address, which Node does not accept.
    flags: { WASM_HAS_SIMD_SUPPORT: String(tf.env().getBool('WASM_HAS_SIMD_SUPPORT')), threads: '1' },
    device: processorName(),
  };
}

async function selectCpu(): Promise<BackendProvenance> {
  // The native package brings this backend along, and a second registration of it would be refused.
  if (!tf.engine().backendNames().includes('cpu')) await import('@tensorflow/tfjs-backend-cpu');
  await registerGradients();
  await activate('cpu');
  return {
    name: 'cpu',
    versions: {
      '@tensorflow/tfjs-core': tf.version_core,
      '@tensorflow/tfjs-backend-cpu': TFJS_VERSION,
      node: process.versions.node,
    },
    flags: { threads: '1' },
    device: processorName(),
  };
}

async function activate(name: BackendName): Promise<void> {
  if (!(await tf.setBackend(TFJS_NAMES[name]))) {
    throw new BackendMissingError(
      `backend '${name}' is installed but did not start; expected tfjs to accept it. Repeat: ${SETUP_COMMAND}`,
    );
  }
}

/**
 * tfjs-core's bundle for Node holds no gradients (the native package registers its own). They stand beside it in modules written as
 * ES modules under a CommonJS name, which Node refuses and tsx translates.
 */
async function registerGradients(): Promise<void> {
  const { register: registerTranslation } = await import('tsx/cjs/api');
  const endTranslation = registerTranslation();
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  } finally {
    endTranslation();
  }
}

/** TensorFlow's own beginnings after `TF_`, because Terraform has the same prefix and keeps paths and secrets under it. */
const COMPUTE_VARIABLE =
  /^(TF_(ENABLE|DISABLE|NUM|CPP|XLA|CUDNN|CUDA|GPU|ONEDNN|MKL|DETERMINISTIC|FORCE|USE)_|(OMP|KMP|MKL)_)/;

/** Environment variables that may change numbers or speed, by name. */
export function computeVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const flags = Object.entries(environment).filter(
    (entry): entry is [string, string] => COMPUTE_VARIABLE.test(entry[0]) && entry[1] !== undefined,
  );
  return Object.fromEntries(flags.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function processorName(): string {
  return cpus()[0]?.model.trim() ?? process.arch;
}
