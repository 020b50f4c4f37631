import { answerTable } from './answer-table.ts';
import { entropyLawTable } from './entropy-law-table.ts';
import { tabulate, type Compared, type Tabulated } from './plain-table.ts';
import { saturationTable } from './saturation-table.ts';
import { temperatureTable } from './temperature-table.ts';
import { tokenCostTable } from './token-cost-table.ts';

/** The tables that are sections of their own, in the order of the report; one more is a file and a line here. */
export function tabulatePlain(of: Compared): Tabulated[] {
  return [
    tabulate(temperatureTable, of),
    tabulate(saturationTable, of),
    tabulate(tokenCostTable, of),
    tabulate(entropyLawTable, of),
    tabulate(answerTable, of),
  ];
}
