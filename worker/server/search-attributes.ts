import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../../config/search-attributes.ts';

const { INDEXED_VALUE_TYPE_KEYWORD: KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;

const names = Object.values(searchAttributes).map(({ name }) => name);

/** How long a server may take to add attributes and to know them everywhere. */
const PATIENCE_MS = 10_000;

/** Asked by using them, which also a client may that is not allowed to list them. */
async function knowsAll(client: Client): Promise<boolean> {
  try {
    await client.workflow.count(names.map((name) => `${name} = ''`).join(' AND '));
    return true;
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
}

async function addMissing(client: Client): Promise<void> {
  const { operatorService } = client.connection;
  const { namespace } = client.options;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = names.filter((name) => !(name in (customAttributes ?? {})));
  if (missing.length === 0) return;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
  });
}

/**
 * Makes workflows of a matrix searchable by `searchAttributes`, where that is possible: adds to the client's namespace
 * those that it lacks. (The development server's own option for them works only while it makes a new file.)
 *
 * @returns false when the server does not know them and will not have them; no workflow may then be started with them
 */
export async function ensureSearchAttributes(client: Client): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  return client.withDeadline(deadline, async () => {
    if (await knowsAll(client)) return true;
    try {
      await addMissing(client);
    } catch {
      // No right to, or no room for them in this namespace; a hosted service may have other means.
      return false;
    }
    while (!(await knowsAll(client))) {
      if (Date.now() > deadline) return false;
      await sleep(100);
    }
    return true;
  });
}
