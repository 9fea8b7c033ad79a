/** messageType values of RFC 8894 §3.2.1.2, and UpdateReq (18) of the drafts before it. */
export const messageTypes = {
  CertRep: 3,
  RenewalReq: 17,
  UpdateReq: 18,
  PKCSReq: 19,
  CertPoll: 20,
  GetCert: 21,
  GetCRL: 22,
} as const;

export type MessageTypeName = keyof typeof messageTypes;
export type MessageType = (typeof messageTypes)[MessageTypeName];

const names = new Map<number, MessageTypeName>(
  (Object.keys(messageTypes) as MessageTypeName[]).map((name) => [messageTypes[name], name]),
);

/** Undefined for numbers that stand for no message. */
export function messageTypeName(value: number): MessageTypeName | undefined {
  return names.get(value);
}

export function isMessageType(value: number): value is MessageType {
  return names.has(value);
}
