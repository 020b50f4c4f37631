// Compares what the runs of a home ended with against outcomes.json: node --import tsx tests/guard/main.ts HOME [HOME…] [--write]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectOutcomes, listDeviations, readGuardRecord, type GuardRecord } from './outcomes.ts';

const words = process.argv.slice(2);
const homes = words.filter((word) => word !== '--write');
if (homes.length === 0) {
  console.error('name at least one home whose runs are to be compared');
  process.exit(2);
}
const found = homes.map((home) => collectOutcomes(join(home, 'assay.db')));

if (words.includes('--write')) {
  const outcomes = Object.assign({}, ...found.map((record) => record.outcomes)) as GuardRecord['outcomes'];
  const record = { machine: found[0]!.machine, revision: found[0]!.revision, outcomes };
  writeFileSync(new URL('./outcomes.json', import.meta.url), `${JSON.stringify(record, null, 2)}\n`);
  console.log(`${Object.keys(outcomes).length} outcomes written`);
} else {
  const recorded = readGuardRecord();
  for (const { machine } of found)
    if (machine !== recorded.machine)
      console.error(`another kind of machine: ${machine}, recorded ${recorded.machine}`);
  const deviations = found.flatMap((record) => listDeviations(recorded, record));
  const count = found.reduce((sum, { outcomes }) => sum + Object.keys(outcomes).length, 0);
  for (const deviation of deviations) console.log(deviation);
  console.log(`${count - deviations.length} passed, ${deviations.length} failed`);
  process.exitCode = deviations.length === 0 ? 0 : 1;
}
