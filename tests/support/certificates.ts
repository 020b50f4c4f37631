import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files: an authority, and a server's and a client's certificate that it signed. */
export interface Certificates {
  readonly authority: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly client: { readonly certificate: string; readonly key: string };
}

function openssl(directory: string, command: string): void {
  execFileSync('openssl', command.split(' '), { cwd: directory, stdio: 'pipe' });
}

function issue(directory: string, name: string, extensions: string): { certificate: string; key: string } {
  writeFileSync(join(directory, `${name}.ext`), extensions);
  const curve = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  openssl(directory, `req ${curve} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`);
  openssl(
    directory,
    `x509 -req -in ${name}.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 1 -extfile ${name}.ext -out ${name}.pem`,
  );
  return { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
}

/** Makes an authority and what it signs in `directory`; the server's certificate is for `temporal.test` alone. */
export function makeCertificates(directory: string): Certificates {
  const curve = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  openssl(
    directory,
    `req -x509 ${curve} -keyout authority.key -out authority.pem -days 1 -subj /CN=authority`,
  );
  return {
    authority: join(directory, 'authority.pem'),
    server: issue(directory, 'server', 'subjectAltName=DNS:temporal.test\nextendedKeyUsage=serverAuth\n'),
    client: issue(directory, 'client', 'extendedKeyUsage=clientAuth\n'),
  };
}
