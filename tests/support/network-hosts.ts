import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { followProcess, type AssayProcess } from './assay-process.ts';

const program = fileURLToPath(new URL('../../cli/assay.mjs', import.meta.url));

function ip(command: string): void {
  execFileSync('ip', command.split(' '), { stdio: 'pipe' });
}

/** Why hosts of their own cannot be made here; false when they can. */
export function whyNoHosts(): string | false {
  const name = `assay-try-${process.pid}`;
  try {
    ip(`netns add ${name}`);
    ip(`netns del ${name}`);
    return false;
  } catch (error) {
    return `network namespaces need root and iproute2: ${(error as Error).message.trim()}`;
  }
}

/** A host: an address of its own, and a directory that no other host sees, at the same path on each. */
export interface NetworkHost {
  readonly name: string;
  /** Its directory as the test sees it. */
  readonly directory: string;
  start(parameters: readonly string[], environment: NodeJS.ProcessEnv): AssayProcess;
  /** Takes its network away: no packet passes, no connection is closed. */
  cut(): void;
  mend(): void;
}

export interface Network {
  /** Where the test's own servers listen. */
  readonly address: string;
  /** Every host sees its own directory here. */
  readonly home: string;
  readonly hosts: readonly NetworkHost[];
  remove(): void;
}

/** Runs the rest of its arguments where `$1` lies at `$2` and all of `$3` is hidden. */
const IN_ITS_OWN_DIRECTORY =
  'mount --bind "$1" "$2" && mount -t tmpfs none "$3" && cd "$2" && shift 3 && exec "$@"';

/** Hosts on one bridge, each in a network and a mount namespace; their directories lie under `directory`. */
export function createNetwork(directory: string, names: readonly string[]): Network {
  const subnet = `10.213.${process.pid % 250}`;
  const bridge = `asb${process.pid % 100_000}`;
  const home = join(directory, 'home');
  const all = join(directory, 'hosts');
  mkdirSync(home, { recursive: true });
  ip(`link add ${bridge} type bridge`);
  ip(`addr add ${subnet}.1/24 dev ${bridge}`);
  ip(`link set ${bridge} up`);

  const addHost = (name: string, index: number): NetworkHost => {
    const namespace = `${bridge}-${name}`;
    const link = `${bridge}${index}`;
    ip(`netns add ${namespace}`);
    ip(`link add ${link} type veth peer name eth0 netns ${namespace}`);
    ip(`link set ${link} master ${bridge} up`);
    ip(`-n ${namespace} addr add ${subnet}.${index + 2}/24 dev eth0`);
    ip(`-n ${namespace} link set eth0 up`);
    ip(`-n ${namespace} link set lo up`);
    const own = join(all, name);
    mkdirSync(own, { recursive: true });
    return {
      name,
      directory: own,
      start: (parameters, environment) => {
        const shell = ['sh', '-c', IN_ITS_OWN_DIRECTORY, 'sh', own, home, all];
        const command = [process.execPath, program, ...parameters, '--home', home];
        const namespaces = ['netns', 'exec', namespace, 'unshare', '--mount', '--propagation', 'private'];
        return followProcess(
          spawn('ip', [...namespaces, ...shell, ...command], {
            stdio: ['ignore', 'pipe', 'pipe'],
            env: { ...process.env, HOME: home, ...environment },
          }),
        );
      },
      cut: () => ip(`link set ${link} down`),
      mend: () => ip(`link set ${link} up`),
    };
  };

  const hosts = names.map(addHost);
  return {
    address: `${subnet}.1`,
    home,
    hosts,
    remove: () => {
      for (const { name } of hosts) ip(`netns del ${bridge}-${name}`);
      ip(`link del ${bridge}`);
    },
  };
}
