#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { importProgram } from './compiled-program.mjs';
import { findNodeFault } from './node-version.mjs';

const fault = findNodeFault(process.versions.node);
if (fault !== null) {
  console.error(`assay: NodeUnsupportedError: ${fault}`);
  process.exit(1);
}

const { main } = await importProgram(fileURLToPath(new URL('..', import.meta.url)));
const exitCode = await main(process.argv);
// Calls to a server that is gone are retried on timers that would keep the process alive.
process.stdout.write('', () => process.exit(exitCode));
