/** The file of a report that is opened; its tables lie beside it. */
export const REPORT_PAGE = 'report.html';
