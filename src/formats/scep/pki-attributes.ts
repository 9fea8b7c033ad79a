import { tag } from '../asn1/tag.ts';
import { isPrintable, printableString, text, utf8String } from '../asn1/text.ts';
import { time } from '../asn1/time.ts';
import { type Der, octetString, oid } from '../asn1/write.ts';
import { attributeOid, encodeAttribute } from '../cms/attribute.ts';
import { contentType } from '../cms/content-type.ts';
import { encodeSignedAttributes } from '../cms/signed-data.ts';
import { scepAttributeOid } from './attribute-oid.ts';
import { type FailInfo, failInfos } from './fail-info.ts';
import type { MessageType } from './message-type.ts';
import { type PkiStatus, pkiStatuses } from './pki-status.ts';

/** What a pkiMessage says in its signed attributes. */
export type PkiAttributes = {
  readonly messageType: MessageType;
  readonly transactionId: string;
  /** 16 bytes (RFC 8894 §3.2.1.5). */
  readonly senderNonce: Uint8Array;
  readonly recipientNonce?: Uint8Array | undefined;
  readonly pkiStatus?: PkiStatus | undefined;
  readonly failInfo?: FailInfo | undefined;
  readonly failInfoText?: string | undefined;
  /** Milliseconds UTC. */
  readonly signingTime?: number | undefined;
  /** Digest of the content, or of no bytes where there is none. */
  readonly messageDigest: Uint8Array;
};

const contentTypeAttribute = encodeAttribute(attributeOid.contentType, oid(contentType.data));

/** First phase: the DER SET of signed attributes, which the caller signs. */
export function encodePkiAttributes(fields: PkiAttributes): Uint8Array {
  const attributes: Der[] = [
    contentTypeAttribute,
    encodeAttribute(attributeOid.messageDigest, octetString(fields.messageDigest)),
    encodeAttribute(scepAttributeOid.messageType, printableString(String(fields.messageType))),
    encodeAttribute(scepAttributeOid.transactionId, transactionText(fields.transactionId)),
    encodeAttribute(scepAttributeOid.senderNonce, octetString(fields.senderNonce)),
  ];
  const { recipientNonce, pkiStatus, failInfo, failInfoText, signingTime } = fields;
  if (signingTime !== undefined) attributes.push(encodeAttribute(attributeOid.signingTime, time(signingTime)));
  if (recipientNonce !== undefined)
    attributes.push(encodeAttribute(scepAttributeOid.recipientNonce, octetString(recipientNonce)));
  if (pkiStatus !== undefined)
    attributes.push(encodeAttribute(scepAttributeOid.pkiStatus, printableString(String(pkiStatuses[pkiStatus]))));
  if (failInfo !== undefined)
    attributes.push(encodeAttribute(scepAttributeOid.failInfo, printableString(String(failInfos[failInfo]))));
  if (failInfoText !== undefined)
    attributes.push(encodeAttribute(scepAttributeOid.failInfoText, utf8String(failInfoText)));
  return encodeSignedAttributes(attributes);
}

/** PrintableString (RFC 8894 §3.2.1.1), unless a client chose characters beyond it: what it sent is what it gets back. */
function transactionText(transactionId: string): Der {
  if (isPrintable(transactionId)) return printableString(transactionId);
  const narrow = /^[\0-\xff]*$/.test(transactionId);
  return narrow ? text(tag.printableString, transactionId) : utf8String(transactionId);
}
