import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentPlatform } from '../model/backends/native-installation.ts';
import { runProgram } from './run-program.ts';

const WHEEL = {
  requirement: 'tensorflow-cpu==2.21.0',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  platform: 'linux-x64',
  // Only the C library inside is used, so one wheel serves whatever Python the machine has.
  tags: [
    '--python-version',
    '3.11',
    '--implementation',
    'cp',
    '--abi',
    'cp311',
    '--platform',
    'manylinux_2_27_x86_64',
  ],
};

const DOWNLOAD_LIMIT_MS = 1_800_000;
const UNPACK_LIMIT_MS = 300_000;

/** No TensorFlow library is known for this kind of machine: use another backend. */
export class NativeUnsupportedError extends Error {
  override readonly name = 'NativeUnsupportedError';
}

/**
 * Puts the TensorFlow C library of Python's wheel where the tfjs-node package in `packageDirectory` looks for libtensorflow.
 *
 * @throws NativeUnsupportedError on a platform whose wheel was never tried; ProgramFailedError when pip or Python fail.
 */
export async function provideTensorflowWheel(
  packageDirectory: string,
  report: (line: string) => void,
): Promise<void> {
  if (currentPlatform() !== WHEEL.platform) {
    throw new NativeUnsupportedError(
      `no TensorFlow wheel is known to work with tfjs-node on ${currentPlatform()}; expected ${WHEEL.platform}. ` +
        "Let the machine reach tfjs-node's own download, or use backend 'wasm' or 'cpu'",
    );
  }
  const scratch = join(packageDirectory, 'wheel');
  mkdirSync(scratch, { recursive: true });
  report(`downloading ${WHEEL.requirement} (274 MB) with pip`);
  const wheel = await downloadWheel(scratch);
  report('unpacking the TensorFlow library (0.85 GB)');
  const unpack = fileURLToPath(new URL('unpack-wheel.py', import.meta.url));
  await runProgram({ command: 'python3', arguments: [unpack, wheel, scratch], timeoutMs: UNPACK_LIMIT_MS });
  arrangeDependencies(join(scratch, 'tensorflow'), join(packageDirectory, 'deps'));
  rmSync(scratch, { recursive: true });
}

async function downloadWheel(directory: string): Promise<string> {
  const requirements = join(directory, 'requirements.txt');
  writeFileSync(requirements, `${WHEEL.requirement} --hash=sha256:${WHEEL.sha256}\n`);
  await runProgram({
    command: 'python3',
    arguments: [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      ...WHEEL.tags,
      '-d',
      directory,
      '-r',
      requirements,
    ],
    timeoutMs: DOWNLOAD_LIMIT_MS,
  });
  const wheel = readdirSync(directory).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip ended well but left no .whl file in ${directory}`);
  return join(directory, wheel);
}

/** The binding links against the names of TensorFlow's C distribution; the wheel's C++ library holds the same functions. */
function arrangeDependencies(unpacked: string, dependencies: string): void {
  rmSync(dependencies, { recursive: true, force: true });
  const libraries = join(dependencies, 'lib');
  mkdirSync(libraries, { recursive: true });
  renameSync(join(unpacked, 'include'), join(dependencies, 'include'));
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    renameSync(join(unpacked, name), join(libraries, name));
  symlinkSync('libtensorflow_cc.so.2', join(libraries, 'libtensorflow.so'));
  symlinkSync('libtensorflow_cc.so.2', join(libraries, 'libtensorflow.so.2.9.1'));
  symlinkSync('libtensorflow_framework.so.2', join(libraries, 'libtensorflow_framework.so'));
}
