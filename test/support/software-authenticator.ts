/** An authenticator and a browser in software: WebAuthn's answers as `PublicKeyCredential.toJSON()` gives them. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export type AuthenticatorOptions = {
  readonly algorithm?: -7 | -8 | -257;
  readonly rpId?: string;
  readonly origin?: string;
  readonly userVerified?: boolean;
  readonly crossOrigin?: boolean;
  readonly type?: string;
  /** Instead of counting up by one. */
  readonly signCount?: number;
  readonly userHandle?: string | null;
};

export type SoftwareAuthenticator = {
  readonly credentialId: string;
  create(challenge: string, options?: AuthenticatorOptions): Record<string, unknown>;
  get(challenge: string, options?: AuthenticatorOptions): { id: string; response: Record<string, string | null> };
};

export function softwareAuthenticator(
  defaults: AuthenticatorOptions & { rpId: string; origin: string },
): SoftwareAuthenticator {
  const algorithm = defaults.algorithm ?? -7;
  const { privateKey, publicKey } = keyPair(algorithm);
  const id = randomBytes(32);
  const credentialId = id.toString('base64url');
  let counter = 0;
  const clientData = (type: string, challenge: string, { origin, crossOrigin }: AuthenticatorOptions) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: crossOrigin ?? false }));
  const authenticatorData = (options: AuthenticatorOptions, attested: Buffer) => {
    const head = Buffer.alloc(37);
    createHash('sha256')
      .update(options.rpId ?? '')
      .digest()
      .copy(head);
    head[32] = 0x01 | (options.userVerified === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0);
    head.writeUInt32BE(options.signCount ?? ++counter, 33);
    return Buffer.concat([head, attested]);
  };
  return {
    credentialId,
    create(challenge, given = {}) {
      const options = { ...defaults, ...given };
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      // A COSE key would follow: nobody reads it, since the browser gives the key as SPKI.
      const data = authenticatorData(options, Buffer.concat([Buffer.alloc(16), length, id, Buffer.of(0xa0)]));
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        authenticatorAttachment: 'platform',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData(options.type ?? 'webauthn.create', challenge, options).toString('base64url'),
          authenticatorData: data.toString('base64url'),
          attestationObject: data.toString('base64url'),
          publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64url'),
          publicKeyAlgorithm: algorithm,
          transports: ['internal', 'hybrid'],
        },
      };
    },
    get(challenge, given = {}) {
      const options = { ...defaults, ...given };
      const data = authenticatorData(options, Buffer.alloc(0));
      const client = clientData(options.type ?? 'webauthn.get', challenge, options);
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
      return {
        id: credentialId,
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign(algorithm === -8 ? null : 'sha256', signed, privateKey).toString('base64url'),
          userHandle: options.userHandle ?? null,
        },
      };
    },
  };
}

function keyPair(algorithm: -7 | -8 | -257): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === -7) return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return algorithm === -8 ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 });
}
