import { malformed } from './malformed.ts';
import type { Asn1Node } from './read.ts';
import { tag } from './tag.ts';
import { type Der, primitive } from './write.ts';

/** UTCTime or GeneralizedTime in the form of RFC 5280 §4.1.2.5 (seconds, `Z`, no fraction), as milliseconds UTC. */
export function readTime(node: Asn1Node, what: string): number {
  const long = node.tag === tag.generalizedTime;
  if (!long && node.tag !== tag.utcTime) throw malformed('asn1-unexpected', `${what} is not a time.`, node.start);
  const digits = long ? 14 : 12;
  const { bytes } = node.source;
  if (node.to - node.from !== digits + 1 || bytes[node.to - 1] !== 0x5a)
    throw malformed('asn1-time', `${what} is not of the form ${long ? 'YYYY' : 'YY'}MMDDhhmmssZ.`, node.start);
  const pair = (at: number): number => {
    const high = (bytes[node.from + at] as number) - 0x30;
    const low = (bytes[node.from + at + 1] as number) - 0x30;
    if (high < 0 || high > 9 || low < 0 || low > 9)
      throw malformed('asn1-time', `${what} has something else than digits.`, node.from + at);
    return high * 10 + low;
  };
  const short = long ? 0 : pair(0);
  const year = long ? pair(0) * 100 + pair(2) : short < 50 ? 2000 + short : 1900 + short;
  const at = long ? 4 : 2;
  const month = pair(at);
  const date = pair(at + 2);
  const hour = pair(at + 4);
  const minute = pair(at + 6);
  const second = pair(at + 8);
  if (month < 1 || month > 12 || date < 1 || date > daysIn(year, month) || hour > 23 || minute > 59 || second > 59)
    throw malformed('asn1-time', `${what} names a moment that does not exist.`, node.start);
  return utc(year, month, date, hour, minute, second);
}

/** UTCTime before 2050, GeneralizedTime from then on (RFC 5280 §4.1.2.5). Milliseconds are cut off. */
export function time(milliseconds: number): Der {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new RangeError(`not a time for a certificate: ${milliseconds}`);
  return year >= 1950 && year < 2050 ? primitive(tag.utcTime, ascii(date, false)) : generalizedTime(milliseconds);
}

/** GeneralizedTime whatever the year: OCSP (RFC 6960 §4.2.2.1). Milliseconds are cut off. */
export function generalizedTime(milliseconds: number): Der {
  return primitive(tag.generalizedTime, ascii(new Date(milliseconds), true));
}

function ascii(date: Date, long: boolean): Uint8Array {
  const bytes = new Uint8Array(long ? 15 : 13);
  let at = 0;
  const put = (value: number) => {
    bytes[at++] = 0x30 + Math.floor(value / 10);
    bytes[at++] = 0x30 + (value % 10);
  };
  const year = date.getUTCFullYear();
  if (long) put(Math.floor(year / 100));
  put(year % 100);
  put(date.getUTCMonth() + 1);
  put(date.getUTCDate());
  put(date.getUTCHours());
  put(date.getUTCMinutes());
  put(date.getUTCSeconds());
  bytes[at] = 0x5a;
  return bytes;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function utc(year: number, month: number, date: number, hour: number, minute: number, second: number): number {
  // Date.UTC takes years 0..99 for 1900..1999; adding 400 years (146097 days) and taking them off again avoids that.
  return Date.UTC(year + 400, month - 1, date, hour, minute, second) - 146097 * 86_400_000;
}
