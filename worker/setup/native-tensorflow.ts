import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  currentPlatform,
  INSTALLATION_FILE,
  nativeInstallationDirectory,
  nativePackageName,
  readNativeInstallation,
  TFJS_VERSION,
  type NativeInstallation,
  type NativeVariant,
} from '../../model/native-installation.ts';
import { withInstallationLock } from './installation-lock.ts';
import { withNodeHeaders } from './node-headers.ts';
import { runProgram } from './run-program.ts';
import { provideTensorflowWheel } from './tensorflow-wheel.ts';

export interface NativeRequest {
  cacheDirectory: string;
  variant: NativeVariant;
  report: (line: string) => void;
}

/** Neither way of obtaining the native library worked; the message says what each of them met. */
export class NativeInstallError extends Error {
  override readonly name = 'NativeInstallError';
}

const REACH_LIMIT_MS = 5_000;
const SCRIPT_LIMIT_MS = 600_000;
const NPM_LIMIT_MS = 600_000;
const BUILD_LIMIT_MS = 600_000;
const TRIAL_LIMIT_MS = 120_000;

/**
 * Installs tfjs-node (or tfjs-node-gpu) in the cache, unless a completed installation is there already.
 * The package's own download is tried first; where its storage host is out of reach, the binding is built against the TensorFlow of
 * Python's wheel. Everything is made in a directory beside and renamed into place once it was seen to multiply matrices.
 *
 * @throws NativeInstallError when both ways fail (for `gpu` there is only the first).
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
    if (made !== undefined) return made;
    return installBeside(request, directory);
  });
}

async function installBeside(
  { variant, report }: NativeRequest,
  directory: string,
): Promise<NativeInstallation> {
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await installPackage(unfinished, variant, report);
  const route = await provideBinding({ variant, directory: unfinished, report });
  const tensorflow = await tryOut(unfinished, variant);
  const installation: NativeInstallation = {
    package: nativePackageName(variant),
    version: TFJS_VERSION,
    route,
    tensorflow,
    platform: currentPlatform(),
  };
  writeFileSync(join(unfinished, INSTALLATION_FILE), `${JSON.stringify(installation, null, 2)}\n`);
  rmSync(directory, { recursive: true, force: true });
  renameSync(unfinished, directory);
  report(`${installation.package} ${TFJS_VERSION} runs on TensorFlow ${tensorflow}`);
  return installation;
}

async function installPackage(
  directory: string,
  variant: NativeVariant,
  report: (line: string) => void,
): Promise<void> {
  const name = nativePackageName(variant);
  report(`installing ${name} ${TFJS_VERSION}`);
  const manifest = { name: 'assay-native-tensorflow', private: true, dependencies: { [name]: TFJS_VERSION } };
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await runProgram({
    command: 'npm',
    arguments: ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'],
    directory,
    timeoutMs: NPM_LIMIT_MS,
  });
}

interface BindingRequest {
  variant: NativeVariant;
  directory: string;
  report: (line: string) => void;
}

async function provideBinding({
  variant,
  directory,
  report,
}: BindingRequest): Promise<NativeInstallation['route']> {
  const packageDirectory = join(directory, 'node_modules', nativePackageName(variant));
  const environment = buildEnvironment(directory);
  const refusal = await runOwnScript({ packageDirectory, variant, environment, report });
  if (refusal === undefined) return 'package';
  if (variant === 'gpu') {
    throw new NativeInstallError(
      `tfjs-node-gpu's own installation failed: ${refusal}\nBuilding it against the 'tensorflow' wheel and its CUDA wheels was never tried, ` +
        "so it is not attempted. Let this machine reach the storage host, or use backend 'native'",
    );
  }
  report(
    `the package's own download is not to be had (${firstLine(refusal)}); building against TensorFlow's wheel`,
  );
  await provideTensorflowWheel(packageDirectory, report);
  report('compiling the binding');
  await runProgram({
    command: 'node-pre-gyp',
    arguments: ['install', '--build-from-source'],
    directory: packageDirectory,
    environment,
    timeoutMs: BUILD_LIMIT_MS,
  });
  return 'wheel';
}

/** Undefined when the package's script succeeded, else the reason why not. */
async function runOwnScript(request: {
  packageDirectory: string;
  variant: NativeVariant;
  environment: NodeJS.ProcessEnv;
  report: (line: string) => void;
}): Promise<string | undefined> {
  const { packageDirectory, variant, environment, report } = request;
  const host =
    process.env['TFJS_NODE_CDN_STORAGE'] ?? process.env['CDN_STORAGE'] ?? 'https://storage.googleapis.com/';
  try {
    // The script itself never gives up on a host that does not answer. Behind a proxy only the script knows the way.
    if (!process.env['HTTPS_PROXY'])
      await fetch(host, { method: 'HEAD', signal: AbortSignal.timeout(REACH_LIMIT_MS) });
    report(`downloading TensorFlow from ${host}`);
    await runProgram({
      command: process.execPath,
      arguments: ['scripts/install.js', ...(variant === 'gpu' ? ['gpu', 'download'] : [])],
      directory: packageDirectory,
      environment,
      timeoutMs: SCRIPT_LIMIT_MS,
    });
    return undefined;
  } catch (error) {
    return error instanceof TypeError ? `${host} is out of reach` : (error as Error).message;
  }
}

function buildEnvironment(directory: string): NodeJS.ProcessEnv {
  const path = `${join(directory, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  return withNodeHeaders({ ...process.env, PATH: path });
}

/** Loads the fresh binding in a process of its own (it cannot be unloaded from this one); resolves to TensorFlow's version. */
async function tryOut(directory: string, variant: NativeVariant): Promise<string> {
  const program = `
    const tf = require(${JSON.stringify(nativePackageName(variant))});
    const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync().join(' ');
    if (product !== '19 22 43 50') throw new Error('a matrix product came out as ' + product + ', expected 19 22 43 50');
    if (${String(variant === 'gpu')} && !tf.backend().isUsingGpuDevice) throw new Error('TensorFlow found no usable NVIDIA device');
    process.stdout.write(tf.backend().binding.TF_Version);`;
  const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  return runProgram({
    command: process.execPath,
    arguments: ['-e', program],
    directory,
    environment,
    timeoutMs: TRIAL_LIMIT_MS,
  });
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
