import { InvalidArgumentError, Option, type Command } from 'commander';
import type { BackendChoice } from '../../model/backends/backend.ts';
import type { WorkerRole } from '../../worker/run-worker.ts';
import type { MetricsAddress } from '../../worker/supervisor.ts';
import { artifactsOption, homeOption, readHome } from '../home-option.ts';
import { parseMetricsAddress } from '../parse-options.ts';

interface WorkerOptions {
  readonly home: string;
  readonly artifacts?: string;
  readonly role: WorkerRole;
  readonly store?: string;
  readonly backend: BackendChoice;
  readonly threads: string;
  readonly metrics?: MetricsAddress;
}

export function backendOption(): Option {
  return new Option('--backend <name>', 'TensorFlow.js backend; a named one that is missing is an error')
    .choices(['auto', 'gpu', 'native', 'wasm', 'cpu'])
    .env('ASSAY_BACKEND')
    .default('auto');
}

export function metricsOption(description: string): Option {
  return new Option('--metrics <address>', `${description}; a port alone is on 127.0.0.1`).argParser(
    parseMetricsAddress,
  );
}

function parseStoreId(text: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new InvalidArgumentError('expected a UUID, as `assay db check` prints it on the host that records.');
}

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description(
      'Serve task queues of the Temporal server that TEMPORAL_* variables or profiles name. `assay run` starts its own.',
    )
    .addOption(homeOption())
    .addOption(artifactsOption())
    .addOption(
      new Option('--role <role>', 'store: workflows, verdicts and rows; train: one slot of model compute')
        .choices(['store', 'train'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--store <uuid>',
        'the store to work for (default: that of the home, or the only one with artifacts where --artifacts says)',
      ).argParser(parseStoreId),
    )
    .addOption(backendOption())
    .option('--threads <n>', 'threads inside one tfjs operation', '1')
    .addOption(metricsOption('serve metrics to a Prometheus scraper, HOST:PORT'))
    .addHelpText(
      'after',
      '\nExamples:\n  TEMPORAL_ADDRESS=127.0.0.1:7233 assay worker --role store\n  TEMPORAL_ADDRESS=127.0.0.1:7233 assay worker --role train --backend native\n  TEMPORAL_ADDRESS=10.0.0.1:7233 assay worker --role train --artifacts s3://assay/runs',
    )
    .action(async (options: WorkerOptions) => {
      const { parseArtifactLocation } = await import('../../artifacts/artifact-location.ts');
      const { runWorker } = await import('../../worker/run-worker.ts');
      const { resolveStoreId } = await import('../../artifacts/store-id.ts');
      const { configuredTarget } = await import('../../worker/server/temporal-connection.ts');
      const { outliveLog } = await import('../../worker/outlive-log.ts');
      outliveLog();
      const home = readHome(options);
      const { role } = options;
      const artifacts = parseArtifactLocation(options.artifacts, home);
      // Nothing is under way yet. The listener stays: a signal that meets none in between would be lost.
      let isServing = false;
      process.on('SIGTERM', () => {
        if (!isServing) process.exit(0);
      });
      const storeId = await resolveStoreId({ role, home, artifacts, named: options.store });
      isServing = true;
      await runWorker({
        role,
        home,
        artifacts,
        storeId,
        target: configuredTarget(),
        backend: options.backend,
        threads: Number(options.threads),
        metrics: options.metrics && `${options.metrics.host}:${options.metrics.port}`,
      });
    });
}
