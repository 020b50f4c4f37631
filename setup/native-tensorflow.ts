import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  currentPlatform,
  INSTALLATION_FILE,
  nativeInstallationDirectory,
  nativePackageName,
  readNativeInstallation,
  TFJS_VERSION,
  type NativeInstallation,
  type NativeVariant,
} from '../model/backends/native-installation.ts';
import { buildEnvironment, copyPackage } from './addon-build.ts';
import { withInstallationLock } from './installation-lock.ts';
import { isReachable } from './reachable-host.ts';
import { ProgramFailedError, runProgram } from './run-program.ts';
import { provideTensorflowWheel } from './tensorflow-wheel.ts';

export interface NativeRequest {
  cacheDirectory: string;
  variant: NativeVariant;
  report: (line: string) => void;
}

/** The GPU library cannot be installed here: let the machine reach its storage host, or use the native backend. */
export class NativeInstallError extends Error {
  override readonly name = 'NativeInstallError';
}

/** One installation under way, in the directory that is renamed when it is complete. */
interface Attempt {
  variant: NativeVariant;
  directory: string;
  packageDirectory: string;
  environment: NodeJS.ProcessEnv;
  report: (line: string) => void;
}

const SCRIPT_LIMIT_MS = 600_000;
const BUILD_LIMIT_MS = 600_000;
const TRIAL_LIMIT_MS = 120_000;

/**
 * Builds tfjs-node (or tfjs-node-gpu) with its library in the cache, unless a completed installation is there already.
 * The package's own download is tried first; where its storage host is out of reach, the binding is built against the TensorFlow of
 * Python's wheel. Everything is made in a directory beside and renamed into place once it was seen to multiply matrices, so that a
 * half installation is never taken for a whole one and the next call begins anew.
 *
 * @throws NativeInstallError when the GPU package's own download fails: there is no second way for it.
 * @throws NativeUnsupportedError when this kind of machine has no wheel; ProgramFailedError when pip, Python or the compiler fail.
 */
export async function installNativeTensorflow(request: NativeRequest): Promise<NativeInstallation> {
  const { cacheDirectory, variant, report } = request;
  const present = readNativeInstallation(cacheDirectory, variant);
  if (present !== undefined) return present;
  const directory = nativeInstallationDirectory(cacheDirectory, variant);
  const onWait = (): void => {
    report(`waiting: another process installs ${nativePackageName(variant)}`);
  };
  return withInstallationLock({ path: `${directory}.lock`, onWait }, async () => {
    const made = readNativeInstallation(cacheDirectory, variant);
    return made ?? installBeside(request, directory);
  });
}

async function installBeside(
  { variant, report }: NativeRequest,
  finalDirectory: string,
): Promise<NativeInstallation> {
  const attempt = beginAttempt(`${finalDirectory}.unfinished`, variant, report);
  const host = storageHost(attempt);
  const isHostReachable = await isReachable(host);
  if (variant === 'gpu' && !isHostReachable) throw gpuRefusal(`${host} is out of reach`);
  const { route, tensorflow } = await provideLibrary(attempt, isHostReachable ? host : undefined);
  const installation: NativeInstallation = {
    package: nativePackageName(variant),
    version: TFJS_VERSION,
    route,
    tensorflow,
    platform: currentPlatform(),
  };
  writeFileSync(join(attempt.directory, INSTALLATION_FILE), `${JSON.stringify(installation, null, 2)}\n`);
  rmSync(finalDirectory, { recursive: true, force: true });
  renameSync(attempt.directory, finalDirectory);
  report(`${installation.package} ${TFJS_VERSION} runs on TensorFlow ${tensorflow}`);
  return installation;
}

function beginAttempt(directory: string, variant: NativeVariant, report: (line: string) => void): Attempt {
  const name = nativePackageName(variant);
  return {
    variant,
    directory,
    packageDirectory: copyPackage(name, directory),
    environment: { ...buildEnvironment(name), TF_CPP_MIN_LOG_LEVEL: '2' },
    report,
  };
}

async function provideLibrary(
  attempt: Attempt,
  host: string | undefined,
): Promise<Pick<NativeInstallation, 'route' | 'tensorflow'>> {
  if (host !== undefined) {
    try {
      return { route: 'package', tensorflow: await runOwnScript(attempt, host) };
    } catch (error) {
      if (!(error instanceof ProgramFailedError)) throw error;
      if (attempt.variant === 'gpu') throw gpuRefusal(error.message);
      attempt.report(`the package's own installation failed: ${error.message}`);
    }
  }
  attempt.report(
    "TensorFlow cannot be had from the package's storage host; building against the one in Python's wheel",
  );
  await provideTensorflowWheel(attempt.packageDirectory, attempt.report);
  attempt.report('compiling the binding');
  await runProgram({
    // Through npm, because it alone knows where its node-gyp is.
    command: 'npm',
    arguments: ['exec', '--call', 'node-pre-gyp install --build-from-source'],
    directory: attempt.packageDirectory,
    environment: attempt.environment,
    timeoutMs: BUILD_LIMIT_MS,
  });
  return { route: 'wheel', tensorflow: await tryOut(attempt) };
}

async function runOwnScript(attempt: Attempt, host: string): Promise<string> {
  const { variant, packageDirectory, environment, report } = attempt;
  report(`downloading TensorFlow from ${host}`);
  await runProgram({
    command: process.execPath,
    arguments: ['scripts/install.js', ...(variant === 'gpu' ? ['gpu', 'download'] : [])],
    directory: packageDirectory,
    environment,
    timeoutMs: SCRIPT_LIMIT_MS,
  });
  return tryOut(attempt);
}

/** Loads the fresh binding in a process of its own (it cannot be unloaded from this one); resolves to TensorFlow's version. */
async function tryOut({ directory, variant, environment }: Attempt): Promise<string> {
  const library = new URL('../model/backends/native-library.ts', import.meta.url).href;
  const program = `
    const tf = await import('@tensorflow/tfjs-core');
    const { loadNativeLibrary } = await import(${JSON.stringify(library)});
    loadNativeLibrary('${variant}', ${JSON.stringify(directory)});
    if (!(await tf.setBackend('tensorflow'))) throw new Error('tfjs did not accept the backend');
    const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync().join(' ');
    if (product !== '19 22 43 50') throw new Error('a matrix product came out as ' + product + ', expected 19 22 43 50');
    if (${String(variant === 'gpu')} && !tf.backend().isUsingGpuDevice) throw new Error('TensorFlow found no usable NVIDIA device');
    process.stdout.write(tf.backend().binding.TF_Version);`;
  return runProgram({
    command: process.execPath,
    arguments: ['--import', 'tsx', '--input-type=module', '-e', program],
    directory: dirname(fileURLToPath(import.meta.url)),
    environment,
    timeoutMs: TRIAL_LIMIT_MS,
  });
}

/** Where the package's own install script downloads from: what the environment names, else what its manifest says. */
function storageHost({ packageDirectory }: Attempt): string {
  const { TFJS_NODE_CDN_STORAGE: named, CDN_STORAGE: alsoNamed } = process.env;
  const text = readFileSync(join(packageDirectory, 'package.json'), 'utf8');
  const { binary } = JSON.parse(text) as { binary: { host: string } };
  return named ?? alsoNamed ?? `${new URL(binary.host).origin}/`;
}

function gpuRefusal(reason: string): NativeInstallError {
  return new NativeInstallError(
    `tfjs-node-gpu's own installation cannot be had: ${reason}. Building it against the 'tensorflow' wheel and its CUDA wheels was never ` +
      "tried, so it is not attempted. Let this machine reach the storage host, or use backend 'native'",
  );
}
