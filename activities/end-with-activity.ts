import { Context } from '@temporalio/activity';
import type { ArtifactStore, TransferOptions } from '../artifacts/artifact-store.ts';

/** Transfers of an activity that is cancelled, or whose worker shuts down, end at once with the reason. */
export function endWithActivity(store: ArtifactStore): ArtifactStore {
  const bound = ({
    signal = Context.current().cancellationSignal,
  }: TransferOptions = {}): TransferOptions => ({ signal });
  return {
    ...store,
    write: (template, bytes, transfer) => store.write(template, bytes, bound(transfer)),
    read: (ref, transfer) => store.read(ref, bound(transfer)),
  };
}
