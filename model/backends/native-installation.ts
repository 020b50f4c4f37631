import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const TFJS_VERSION = '4.22.0';

/** `native` runs on the processor, `gpu` on an NVIDIA card. */
export type NativeVariant = 'native' | 'gpu';

/** What a completed installation says of itself. It is written last, so its presence means that everything else is there. */
export interface NativeInstallation {
  package: string;
  version: string;
  /** `package`: the package's own install script; `wheel`: built against the TensorFlow inside Python's wheel. */
  route: 'package' | 'wheel';
  /** Version of the TensorFlow library the binding was seen to run on. */
  tensorflow: string;
  platform: string;
}

export const INSTALLATION_FILE = 'assay-installation.json';

export function nativePackageName(variant: NativeVariant): string {
  return variant === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
}

export function nativeInstallationDirectory(cacheDirectory: string, variant: NativeVariant): string {
  return join(cacheDirectory, `${variant === 'gpu' ? 'tfjs-node-gpu' : 'tfjs-node'}-${TFJS_VERSION}`);
}

/** The binding of an installation, which is a built copy of the package. */
export function nativeBindingPath(installationDirectory: string, variant: NativeVariant): string {
  // N-API 8 is the newest that tfjs-node is built for; every supported Node offers it.
  const copy = join(installationDirectory, 'node_modules', nativePackageName(variant));
  return join(copy, 'lib', 'napi-v8', 'tfjs_binding.node');
}

/** Names the machine kind a binding was built for: a cache on a shared home directory may serve several kinds. */
export function currentPlatform(): string {
  return `${process.platform}-${process.arch}`;
}

/** The completed installation in the cache, or undefined when there is none for this kind of machine. */
export function readNativeInstallation(
  cacheDirectory: string,
  variant: NativeVariant,
): NativeInstallation | undefined {
  const path = join(nativeInstallationDirectory(cacheDirectory, variant), INSTALLATION_FILE);
  const text = readIfPresent(path);
  if (text === undefined) return undefined;
  const installation = JSON.parse(text) as NativeInstallation;
  return installation.platform === currentPlatform() ? installation : undefined;
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
