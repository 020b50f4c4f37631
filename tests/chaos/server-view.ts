import { Client, Connection } from '@temporalio/client';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An activity that a worker has begun and not reported. */
export interface ActivityUnderWay {
  readonly activity: string;
  /** Process that began it last. */
  readonly pid: number;
  readonly startedAt: number;
}

interface Timestamp {
  readonly seconds?: { toNumber(): number } | null;
  readonly nanos?: number | null;
}

function toMilliseconds(time: Timestamp | null | undefined): number {
  return (time?.seconds?.toNumber() ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;
}

/** The embedded server of a home as it says where it is: process and port. */
export function readServer(home: string): { readonly pid: number; readonly port: number } {
  return JSON.parse(readFileSync(join(home, 'server/server.json'), 'utf8')) as { pid: number; port: number };
}

/** Looks at a home's server with a client of its own; null when no server answers. */
async function askServer<Answer>(
  home: string,
  ask: (client: Client) => Promise<Answer>,
): Promise<Answer | null> {
  let connection: Connection | null = null;
  try {
    const address = `127.0.0.1:${readServer(home).port}`;
    connection = await Connection.connect({ address, connectTimeout: '1s' });
    return await connection.withDeadline(Date.now() + 3000, () =>
      ask(new Client({ connection: connection! })),
    );
  } catch {
    // Not started yet, killed, or frozen: what a disturbance leaves behind.
    return null;
  } finally {
    await connection?.close();
  }
}

const STARTED = 2;

/** What is being computed right now; null when no server answers. */
export function listUnderWay(home: string): Promise<ActivityUnderWay[] | null> {
  return askServer(home, async (client) => {
    const found: ActivityUnderWay[] = [];
    for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      for (const { activityType, state, lastWorkerIdentity, lastStartedTime } of raw.pendingActivities ??
        []) {
        if (state !== STARTED) continue;
        const pid = Number.parseInt(lastWorkerIdentity ?? '', 10);
        found.push({ activity: activityType?.name ?? '', pid, startedAt: toMilliseconds(lastStartedTime) });
      }
    }
    return found;
  });
}

/** Seconds that the activities which ended well took, over every execution the server remembers. */
export async function measureUsefulWork(address: string): Promise<number> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  let total = 0;
  for await (const { workflowId, runId } of client.workflow.list()) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const started = new Map<string, number>();
    for (const event of events ?? []) {
      const at = toMilliseconds(event.eventTime);
      const start = event.activityTaskStartedEventAttributes;
      if (start) started.set(String(start.scheduledEventId), at);
      const end = event.activityTaskCompletedEventAttributes;
      if (end) total += at - started.get(String(end.scheduledEventId))!;
    }
  }
  await connection.close();
  return total / 1000;
}
