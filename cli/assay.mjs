#!/usr/bin/env node
import { register } from 'tsx/esm/api';

register();
const { main } = await import('./main.ts');
const exitCode = await main(process.argv);
// Calls to a server that is gone are retried on timers that would keep the process alive.
process.stdout.write('', () => process.exit(exitCode));
