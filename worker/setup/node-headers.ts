import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The environment for a compilation of a Node addon. node-gyp downloads Node's headers unless `npm_config_nodedir` names a prefix that
 * holds them: when they stand beside Node itself, they are named, and nothing needs to be downloaded.
 */
export function withNodeHeaders(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (environment['npm_config_nodedir']) return environment;
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h'))
    ? { ...environment, npm_config_nodedir: prefix }
    : environment;
}
