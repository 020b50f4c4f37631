import { Option } from 'commander';
import { toHome, type Home } from '../artifacts/home.ts';

/** `--home DIR`, shared by every command that reads or writes results. */
export function homeOption(): Option {
  return new Option('--home <dir>', 'where runs, policies and reports are kept')
    .env('ASSAY_HOME')
    .default('.assay');
}

/** `--artifacts WHERE`, for commands that start workers or look after files. */
export function artifactsOption(): Option {
  return new Option(
    '--artifacts <where>',
    'a directory, or s3://BUCKET/PREFIX for workers without a common folder (default: within the home)',
  ).env('ASSAY_ARTIFACTS');
}

export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document to stdout instead of text');
}

/** `--python PROGRAM`, for commands that log to a tracker. */
export function pythonOption(): Option {
  return new Option('--python <program>', 'a Python that has trackio').env('ASSAY_PYTHON').default('python3');
}

export function readHome(options: { readonly home: string }): Home {
  return toHome(options.home);
}
