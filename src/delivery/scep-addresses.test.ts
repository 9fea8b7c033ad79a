import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Platform } from '../directory/platform.ts';
import { scepAddresses } from './scep-addresses.ts';

const reverse = (urls: readonly string[]): readonly string[] => [...urls].reverse();
const configured = ['https://a.test/scep/wifi', 'https://b.test/certsrv/mscep/mscep.dll', 'https://c.test/scep/wifi/'];
const [a, b, c] = ['https://a.test/scep/wifi/d/ref', configured[1] as string, 'https://c.test/scep/wifi/d/ref'];

describe('the SCEP addresses of a delivery', () => {
  const rows: readonly [Platform, readonly string[], string][] = [
    ['ios', [c], 'Apple gets one, drawn by us'],
    ['macos', [c], 'macOS too'],
    ['windows10', [c, b, a], 'Windows gets the list in the order that we drew'],
    ['windows81', [c, b, a], 'and the older one'],
    ['androidEnterpriseCorporate', [a, b, c], 'Android gets the list as written, and shuffles it itself'],
    ['linux', [a, b, c], 'Linux too'],
  ];
  for (const [platform, expected, name] of rows)
    it(name, () => {
      const input = { platform, configured, own: ['https://own.test'], slug: 'wifi', deliveryRef: 'ref' };
      assert.deepEqual(scepAddresses(input, reverse), expected);
    });

  it('a profile that names none gets our own', () => {
    const input = {
      platform: 'linux',
      configured: [],
      own: ['https://own.test'],
      slug: 'wifi',
      deliveryRef: 'ref',
    } as const;
    assert.deepEqual(scepAddresses(input, reverse), ['https://own.test/scep/wifi/d/ref']);
  });
});
