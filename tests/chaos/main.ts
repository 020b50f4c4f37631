import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaosSession } from './chaos-session.ts';

const { values: flags } = parseArgs({
  options: {
    faults: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '60' },
  },
});

const [home, calm] = ['assay-chaos-', 'assay-chaos-calm-'].map((prefix) =>
  mkdtempSync(join(tmpdir(), prefix)),
);
try {
  const struck = await runChaosSession({
    home: home!,
    calm: calm!,
    seed: Number(flags.seed),
    faults: Number(flags.faults),
    steps: Number(flags.steps),
    report: (line) => console.log(line),
  });
  if (struck < Number(flags.faults)) {
    console.error(`the matrix ended after ${struck} of ${flags.faults} faults; give it more --steps`);
    process.exitCode = 1;
  }
} finally {
  for (const directory of [home!, calm!]) rmSync(directory, { recursive: true, force: true });
}
