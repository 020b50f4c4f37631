import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import {
  nativeBindingPath,
  nativePackageName,
  TFJS_VERSION,
  type NativeVariant,
} from './native-installation.ts';

interface KernelModule {
  NodeJSKernelBackend: new (binding: unknown, packageName: string) => tf.KernelBackend;
}

/**
 * Registers TensorFlow's library as the backend `tensorflow`: the JavaScript of tfjs-node from node_modules, its binding from
 * `installationDirectory`, where the package itself would not look. Returns the versions of all parts of tfjs.
 */
export function loadNativeLibrary(
  variant: NativeVariant,
  installationDirectory: string,
): Record<string, string> {
  const name = nativePackageName(variant);
  const requireHere = createRequire(import.meta.url);
  restoreRemovedFunctions(requireHere('node:util') as object);
  requireHere(`${name}/dist/register_all_kernels.js`);
  const { NodeJSKernelBackend } = requireHere(`${name}/dist/nodejs_kernel_backend.js`) as KernelModule;
  const binding: unknown = requireHere(nativeBindingPath(installationDirectory, variant));
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, name));
  const { version } = createRequire(requireHere.resolve(`${name}/package.json`))('@tensorflow/tfjs') as {
    version: Record<string, string>;
  };
  return { ...version, 'tfjs-node': TFJS_VERSION };
}

/** tfjs-node 4.22 calls two functions of `util` that Node 22 warns about and Node 23 no longer has (tfjs issue 8609). */
function restoreRemovedFunctions(util: object): void {
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}
