import type { Config } from '../../config/config.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** What devices and relying parties are told, against where they can be. `pkiUrls` are those stored with the authorities. */
export function checkAddresses(config: Config, publicUrl: string, pkiUrls: readonly string[]): Check[] {
  return [checkPublic(config, publicUrl), ...pkiUrls.map(checkPki)];
}

function checkPublic({ publicUrl, listen }: Config, url: string): Check {
  if (isLoopback(url))
    return warning(
      'address',
      `Devices are sent to ${url}, which is this machine to each of them.`,
      'For devices elsewhere set SCEPWARD_PUBLIC_URL, and SCEPWARD_LISTEN if nothing in front passes requests on.',
    );
  if (publicUrl === null)
    return warning(
      'address',
      `Devices are sent to ${url}, made from the listener ${listen.host}.`,
      'Set SCEPWARD_PUBLIC_URL.',
    );
  return ok('address', `Devices are sent to ${url}.`);
}

function checkPki(url: string): Check {
  if (isLoopback(url))
    return warning(
      'address',
      `Certificates say that their CRL is at ${url}, which nobody else can reach.`,
      'Good enough for a trial; a real authority is made by init with SCEPWARD_PKI_URL.',
    );
  if (url.startsWith('https:'))
    return warning(
      'address',
      `Certificates say that their CRL is at ${url}; fetching it over https may itself need a CRL.`,
      'Most authorities publish CRLs over http.',
    );
  return ok('address', `CRLs and CA certificates are at ${url}.`);
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** Asks the server itself. `answer` is the status of `/readyz`, null when nobody answers. */
export function checkServer(url: string, answer: number | null): Check {
  if (answer === null) return warning('server', `No server answers at ${url}.`, 'Start one: bin/scepward serve');
  if (answer === 200) return ok('server', `The server at ${url} is ready.`);
  return problem('server', `The server at ${url} is not ready (${answer}).`, `See what it says: curl ${url}/readyz`);
}
