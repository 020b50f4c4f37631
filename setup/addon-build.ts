import { cpSync, existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, sep } from 'node:path';
import { currentPlatform } from '../model/backends/native-installation.ts';

/** Where npm has put a package of this checkout. */
export function packageDirectory(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

/**
 * Begins `directory` anew with a copy of an installed package under its node_modules, so that a build which is stopped leaves nothing
 * in the checkout. Returns where the copy lies.
 */
export function copyPackage(name: string, directory: string): string {
  const copy = join(directory, 'node_modules', name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  cpSync(packageDirectory(name), copy, { recursive: true });
  return copy;
}

/** The environment in which a copied package builds its addon for the Node of this process. */
export function buildEnvironment(name: string): NodeJS.ProcessEnv {
  const modules = packageDirectory(name).slice(0, -name.length - sep.length);
  const path = [dirname(process.execPath), join(modules, '.bin'), process.env['PATH'] ?? ''];
  // The copy stands outside the checkout; NODE_PATH leads its scripts to the packages they need.
  return withNodeHeaders({ ...process.env, PATH: path.join(delimiter), NODE_PATH: modules });
}

/** What a binding depends on that is no N-API: it loads in this version of Node's interface and this kind of machine only. */
export function currentAbi(): string {
  return `abi${process.versions.modules}-${currentPlatform()}`;
}

/**
 * node-gyp downloads Node's headers unless `npm_config_nodedir` names a prefix that holds them: when they stand beside Node itself,
 * they are named, and nothing needs to be downloaded.
 */
function withNodeHeaders(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (environment['npm_config_nodedir']) return environment;
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h'))
    ? { ...environment, npm_config_nodedir: prefix }
    : environment;
}
