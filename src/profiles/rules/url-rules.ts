import type { Platform } from '../../directory/platform.ts';
import type { Problem, Rule } from './rule.ts';

const path = 'settings.scepServerUrls.*';

/** The rules on SCEP server URLs (intune-domain 1.13, 1.14 V15). Without any, devices use this server's own address. */
export const urlRules: readonly Rule[] = [
  {
    code: 'V15',
    severity: 'error',
    title: 'SCEP server URLs are absolute; https on Android',
    path,
    fix: 'Write `https://scep.example.org/scep/wifi`; no user, password or fragment. Lists have at most 500 entries.',
    source: 'intune-domain 1.13',
    check: ({ settings }) =>
      settings.scepServerUrls.flatMap((url, i) =>
        urlProblems(url, settings.platform).map((problem) => ({ path: `settings.scepServerUrls.${i}`, ...problem })),
      ),
  },
  {
    code: 'V15',
    severity: 'warning',
    title: 'http to this machine itself is for trying things out',
    path,
    fix: 'Use https before real devices get the profile.',
    source: 'issue 3',
    check: ({ settings }) =>
      settings.scepServerUrls.flatMap((text, i): Problem[] => {
        const url = readUrl(text);
        return url?.protocol === 'http:' && needsHttps(settings.platform) && isLoopback(url.hostname)
          ? [
              {
                path: `settings.scepServerUrls.${i}`,
                detail: 'Android asks for https; over http only this machine itself is reached.',
              },
            ]
          : [];
      }),
  },
];

const httpsOnly: readonly Platform[] = [
  'androidDeviceAdministrator',
  'androidEnterpriseCorporate',
  'androidEnterprisePersonal',
];

function needsHttps(platform: Platform): boolean {
  return httpsOnly.includes(platform);
}

function readUrl(text: string): URL | null {
  return URL.canParse(text) && /^https?:\/\//i.test(text) ? new URL(text) : null;
}

function urlProblems(text: string, platform: Platform): Problem[] {
  const url = readUrl(text);
  if (url === null)
    return [
      {
        detail: `“${text}” is not an absolute http or https address.`,
        fix: 'Write for example https://scep.contoso.com/scep/wifi.',
      },
    ];
  if (url.username !== '' || url.password !== '')
    return [
      {
        detail: 'An address with a user name or password in it would give them to every device.',
        fix: 'Remove them.',
      },
    ];
  if (url.hash !== '')
    return [{ detail: 'A SCEP address has no fragment.', fix: 'Remove what follows the number sign.' }];
  if (url.protocol === 'https:' || !needsHttps(platform) || isLoopback(url.hostname)) return [];
  return [{ detail: `${platform} devices take https addresses only.`, fix: 'Write https:// in place of http://.' }];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
