/** The rows of each group, groups in the order of their first row, rows in theirs. */
export function listGroups(groups: Int32Array): number[][] {
  const rowsOf = new Map<number, number[]>();
  groups.forEach((group, row) => {
    const rows = rowsOf.get(group);
    if (rows === undefined) rowsOf.set(group, [row]);
    else rows.push(row);
  });
  return [...rowsOf.values()];
}
