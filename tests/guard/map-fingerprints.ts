// Which fingerprint each condition of docs/results has today: node --import tsx tests/guard/map-fingerprints.ts > docs/results/fingerprints.csv
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'csv-stringify/sync';
import { listClaims, resolveClaim } from '../../experiments/load-claims.ts';
import { loadExperiment } from '../../experiments/resolve/load.ts';
import { resolveExperiment, type ResolvedExperiment } from '../../experiments/resolve/resolve.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const results = join(root, 'docs', 'results');

/** Condition → fingerprint, as a committed table of runs tells it. */
function readRecorded(folder: string): Map<string, string> {
  const [head, ...lines] = readFileSync(join(results, folder, 'runs.csv'), 'utf8')
    .trim()
    .split('\n');
  const columns = head!.split(',');
  const [condition, fingerprint] = ['condition', 'condition_fingerprint'].map((name) =>
    columns.indexOf(name),
  );
  return new Map(
    lines.map((line) => line.split(',')).map((cells) => [cells[condition!]!, cells[fingerprint!]!]),
  );
}

async function resolveToday(folder: string): Promise<ResolvedExperiment> {
  const claim = (await listClaims()).find(({ name }) => name === folder);
  if (claim !== undefined) return resolveClaim(claim, 'small');
  return resolveExperiment(await loadExperiment(join(root, 'experiments', 'matrices', `${folder}.ts`)));
}

/** Of each condition of the committed results: where it is, the fingerprint it was recorded under, and today's. */
export async function mapFingerprints(): Promise<string> {
  const rows: string[][] = [];
  for (const folder of readdirSync(results).sort()) {
    if (!existsSync(join(results, folder, 'runs.csv'))) continue;
    const { conditions } = await resolveToday(folder);
    for (const [condition, recorded] of readRecorded(folder)) {
      const today = conditions.find(({ name }) => name === condition)?.id ?? '';
      rows.push([folder, condition, recorded, today]);
    }
  }
  return stringify(rows, { header: true, columns: ['results', 'condition', 'recorded', 'today'] });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(await mapFingerprints());
