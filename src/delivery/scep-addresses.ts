import type { Platform } from '../directory/platform.ts';
import { urlOrder } from '../profiles/certificate-place.ts';

/**
 * The SCEP server URLs of one delivery (seed, "SCEP Server URLs"): Apple gets one, drawn at random; Windows the list in
 * random order, to be tried as it stands; Android and Linux the list, which they shuffle themselves.
 *
 * Our own addresses end in the delivery's ref, so that GetCACaps and GetCACert appear in the device's timeline; other
 * servers' are left as they are. `own` are our base addresses without trailing slash, used when the profile names none.
 */
export function scepAddresses(
  input: {
    readonly platform: Platform;
    readonly configured: readonly string[];
    readonly own: readonly string[];
    readonly slug: string;
    readonly deliveryRef: string;
  },
  shuffle: (urls: readonly string[]) => readonly string[],
): readonly string[] {
  const { slug, deliveryRef } = input;
  const bases = input.configured.length > 0 ? input.configured : input.own.map((base) => `${base}/scep/${slug}`);
  const urls = bases.map((base) => (isOurs(base, slug) ? `${base.replace(/\/$/, '')}/d/${deliveryRef}` : base));
  switch (urlOrder(input.platform)) {
    case 'one-at-random':
      return shuffle(urls).slice(0, 1);
    case 'server-shuffles':
      return shuffle(urls);
    default:
      return urls;
  }
}

function isOurs(base: string, slug: string): boolean {
  return URL.canParse(base) && new URL(base).pathname.replace(/\/$/, '').endsWith(`/scep/${slug}`);
}
