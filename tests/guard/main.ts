// Compares what the runs of a home ended with against outcomes.json: node --import tsx tests/guard/main.ts HOME [HOME…] [--write]
import { join } from 'node:path';
import {
  collectOutcomes,
  listDeviations,
  readGuardRecords,
  writeGuardRecord,
  type GuardRecord,
} from './outcomes.ts';

const words = process.argv.slice(2);
const homes = words.filter((word) => word !== '--write');
if (homes.length === 0) {
  console.error('name at least one home whose runs are to be compared');
  process.exit(2);
}
const found = homes.map((home) => collectOutcomes(join(home, 'assay.db')));

const { machine, revision } = found[0]!;

if (words.includes('--write')) {
  const outcomes = Object.assign({}, ...found.map((record) => record.outcomes)) as GuardRecord['outcomes'];
  writeGuardRecord({ machine, revision, outcomes });
  console.log(`${Object.keys(outcomes).length} outcomes written for ${machine}`);
} else {
  const recorded = readGuardRecords().find((record) => record.machine === machine);
  if (recorded === undefined) {
    console.error(`nothing is recorded for this kind of machine: ${machine}`);
    process.exit(2);
  }
  const deviations = found.flatMap((record) => listDeviations(recorded, record));
  const count = found.reduce((sum, { outcomes }) => sum + Object.keys(outcomes).length, 0);
  for (const deviation of deviations) console.log(deviation);
  console.log(`${count - deviations.length} passed, ${deviations.length} failed`);
  process.exitCode = deviations.length === 0 ? 0 : 1;
}
