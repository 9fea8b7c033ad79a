import assert from 'node:assert/strict';
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { test } from 'node:test';
import { readOctetString } from '../../src/formats/asn1/read-value.ts';
import { octetString, oid } from '../../src/formats/asn1/write.ts';
import { attributeOid, encodeAttribute, singleValue } from '../../src/formats/cms/attribute.ts';
import { type CertificateId, certificateIdOf, identifies } from '../../src/formats/cms/certificate-id.ts';
import { encodeCertificatesOnly, parseCertificatesOnly } from '../../src/formats/cms/certificates-only.ts';
import { contentType } from '../../src/formats/cms/content-type.ts';
import { encodeEnvelopedData, parseEnvelopedData } from '../../src/formats/cms/enveloped-data.ts';
import { keyTransportIdentifier } from '../../src/formats/cms/key-transport.ts';
import { encodeSignedAttributes, encodeSignedData, parseSignedData } from '../../src/formats/cms/signed-data.ts';
import { parsePkcs12, parseSafeContents } from '../../src/formats/pkcs12/pkcs12.ts';
import {
  type CipherName,
  cipherIdentifier,
  type DigestName,
  digestByOid,
  digestIdentifier,
  rsaEncryption,
} from '../../src/formats/x509/algorithms.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { extensionOid, findExtension } from '../../src/formats/x509/extension.ts';
import { subjectKeyIdentifier } from '../../src/formats/x509/key-identifier.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { concatBytes, utf8 } from '../../src/lib/bytes.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { takeRsaKey } from '../support/key-pool.ts';
import { openssl, opensslText } from '../support/openssl.ts';

const { privateKey, publicKey, privateKeyPem } = await takeRsaKey();
const certificatePem = await opensslText(
  [
    'req',
    '-x509',
    '-new',
    '-key',
    'a.key',
    '-subj',
    '/C=NO/O=T/CN=signer',
    '-days',
    '30',
    '-addext',
    'keyUsage=digitalSignature,keyEncipherment',
  ],
  { files: { 'a.key': privateKeyPem } },
);
const certificate = parseCertificate(pemBlocks(certificatePem, 'CERTIFICATE')[0] ?? new Uint8Array());
const files = { 'a.key': privateKeyPem, 'a.pem': certificatePem };
const content = utf8('a message of some length, '.repeat(2000));
const ski = findExtension(certificate.extensions, extensionOid.subjectKeyIdentifier);
const byKey: CertificateId = {
  kind: 'key-identifier',
  keyIdentifier: subjectKeyIdentifier(ski?.value ?? new Uint8Array()),
};

for (const [name, args] of [
  ['in DER', []],
  ['streamed, in BER', ['-stream']],
  ['by key identifier', ['-keyid']],
  ['with SHA-1', ['-md', 'sha1']],
  ['with SHA-512, streamed', ['-md', 'sha512', '-stream']],
  ['without certificates', ['-nocerts']],
] as const) {
  test(`reads SignedData that openssl writes ${name}`, async () => {
    const der = await openssl(
      ['cms', '-sign', '-binary', '-nodetach', '-signer', 'a.pem', '-inkey', 'a.key', '-outform', 'DER', ...args],
      { files, input: content },
    );
    const signed = parseSignedData(der);
    const [signer] = signed.signers;
    assert.ok(signer?.signedAttributes);
    assert.deepEqual(signed.content, content);
    assert.equal(identifies(signer.id, certificate), true);
    assert.deepEqual(signed.certificates, name === 'without certificates' ? [] : [certificate.der]);
    const digest = digestByOid(signer.digestAlgorithm.oid) as DigestName;
    const claimed = singleValue(signer.signedAttributes.attributes, attributeOid.messageDigest, 'messageDigest');
    assert.deepEqual(
      claimed && readOctetString(claimed, 'it'),
      new Uint8Array(createHash(digest).update(content).digest()),
    );
    assert.equal(verify(digest, signer.signedAttributes.der, publicKey, signer.signature), true);
  });
}

test('reads SignedData without signed attributes, and detached', async () => {
  const bare = parseSignedData(
    await openssl(
      ['cms', '-sign', '-binary', '-nodetach', '-noattr', '-signer', 'a.pem', '-inkey', 'a.key', '-outform', 'DER'],
      { files, input: content },
    ),
  );
  assert.equal(bare.signers[0]?.signedAttributes, undefined);
  assert.equal(verify('sha256', content, publicKey, bare.signers[0]?.signature ?? new Uint8Array()), true);
  const detached = parseSignedData(
    await openssl(['cms', '-sign', '-binary', '-signer', 'a.pem', '-inkey', 'a.key', '-outform', 'DER'], {
      files,
      input: content,
    }),
  );
  assert.equal(detached.content, undefined);
});

for (const [name, id] of [
  ['issuer and serial', certificateIdOf(certificate)],
  ['key identifier', byKey],
] as const) {
  test(`openssl verifies SignedData that we write, its signer named by ${name}`, async () => {
    const digest = createHash('sha256').update(content).digest();
    const signedAttributes = encodeSignedAttributes([
      encodeAttribute(attributeOid.contentType, oid(contentType.data)),
      encodeAttribute(attributeOid.messageDigest, octetString(new Uint8Array(digest))),
    ]);
    const der = encodeSignedData({
      contentType: contentType.data,
      content,
      certificates: [certificate.der],
      signers: [
        {
          id,
          digestAlgorithm: digestIdentifier('sha256'),
          signedAttributes,
          signatureAlgorithm: rsaEncryption,
          signature: sign('sha256', signedAttributes, privateKey),
        },
      ],
    });
    const out = await openssl(['cms', '-verify', '-binary', '-inform', 'DER', '-CAfile', 'a.pem', '-purpose', 'any'], {
      files,
      input: der,
    });
    assert.deepEqual(new Uint8Array(out), content);
  });
}

const ciphers: readonly (readonly [CipherName, option: string, algorithm: string])[] = [
  ['aes128-cbc', '-aes128', 'aes-128-cbc'],
  ['aes192-cbc', '-aes192', 'aes-192-cbc'],
  ['aes256-cbc', '-aes256', 'aes-256-cbc'],
  ['des-ede3-cbc', '-des3', 'des-ede3-cbc'],
];

for (const [name, option, algorithm] of ciphers) {
  for (const stream of [[], ['-stream']]) {
    test(`reads EnvelopedData that openssl writes with ${name} ${stream.join('')}`, async () => {
      const der = await openssl(['cms', '-encrypt', '-binary', option, '-outform', 'DER', ...stream, 'a.pem'], {
        files,
        input: content,
      });
      const envelope = parseEnvelopedData(der);
      const [recipient] = envelope.recipients;
      assert.ok(recipient && envelope.iv);
      assert.deepEqual([envelope.cipher?.name, recipient.transport.kind], [name, 'rsaes-pkcs1']);
      assert.equal(identifies(recipient.id, certificate), true);
      const key = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, recipient.encryptedKey);
      const decipher = createDecipheriv(algorithm, key, envelope.iv);
      assert.deepEqual(
        new Uint8Array(concatBytes([decipher.update(envelope.encryptedContent), decipher.final()])),
        content,
      );
    });
  }

  test(`openssl opens EnvelopedData that we write with ${name}`, async () => {
    const keyLength = name === 'des-ede3-cbc' ? 24 : Number(name.slice(3, 6)) / 8;
    const key = randomBytes(keyLength);
    const iv = new Uint8Array(randomBytes(name === 'des-ede3-cbc' ? 8 : 16));
    const cipher = createCipheriv(algorithm, key, iv);
    const der = encodeEnvelopedData({
      recipients: [
        {
          id: name === 'aes192-cbc' ? byKey : certificateIdOf(certificate),
          keyEncryption: keyTransportIdentifier(name === 'aes256-cbc' ? { oaep: 'sha256' } : 'rsaes-pkcs1'),
          encryptedKey: publicEncrypt(
            name === 'aes256-cbc'
              ? { key: publicKey, oaepHash: 'sha256' }
              : { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
            key,
          ),
        },
      ],
      contentEncryption: cipherIdentifier(name, iv),
      encryptedContent: concatBytes([cipher.update(content), cipher.final()]),
    });
    assert.deepEqual(
      new Uint8Array(
        await openssl(['cms', '-decrypt', '-binary', '-inform', 'DER', '-recip', 'a.pem', '-inkey', 'a.key'], {
          files,
          input: der,
        }),
      ),
      content,
    );
  });
}

for (const [name, options, expected] of [
  ['the defaults', [], { digest: 'sha1', mgfDigest: 'sha1' }],
  [
    'SHA-256 twice',
    ['-keyopt', 'rsa_oaep_md:sha256', '-keyopt', 'rsa_mgf1_md:sha256'],
    { digest: 'sha256', mgfDigest: 'sha256' },
  ],
  [
    'two digests',
    ['-keyopt', 'rsa_oaep_md:sha256', '-keyopt', 'rsa_mgf1_md:sha1'],
    { digest: 'sha256', mgfDigest: 'sha1' },
  ],
] as const) {
  test(`reads the OAEP parameters that openssl writes: ${name}`, async () => {
    const der = await openssl(
      [
        'cms',
        '-encrypt',
        '-binary',
        '-aes128',
        '-outform',
        'DER',
        '-recip',
        'a.pem',
        '-keyopt',
        'rsa_padding_mode:oaep',
        ...options,
      ],
      { files, input: content },
    );
    assert.deepEqual(parseEnvelopedData(der).recipients[0]?.transport, {
      kind: 'rsaes-oaep',
      ...expected,
      hasLabel: false,
    });
  });
}

test('several recipients, by serial and by key, are all listed; a password recipient alone is refused', async () => {
  const two = await openssl(
    ['cms', '-encrypt', '-binary', '-aes128', '-outform', 'DER', '-recip', 'a.pem', '-keyid', '-recip', 'a.pem'],
    { files, input: content },
  );
  assert.equal(parseEnvelopedData(two).recipients.length, 2);
  const password = await openssl(['cms', '-encrypt', '-binary', '-aes128', '-outform', 'DER', '-pwri_password', 'x'], {
    files,
    input: content,
  });
  assert.throws(
    () => parseEnvelopedData(password),
    (error) => isFailure(error, 'envelope-recipients'),
  );
});

test('certs-only goes both ways, in the order given', async () => {
  const other =
    pemBlocks(
      await opensslText(['req', '-x509', '-new', '-key', 'a.key', '-subj', '/CN=second', '-days', '3'], { files }),
      'CERTIFICATE',
    )[0] ?? new Uint8Array();
  const written = encodeCertificatesOnly({ certificates: [certificate.der, other] });
  const printed = await opensslText(['pkcs7', '-inform', 'DER', '-print_certs', '-noout'], { input: written });
  assert.deepEqual(
    [...printed.matchAll(/^subject=.*CN ?= ?(\w+)/gm)].map((match) => match[1]),
    ['signer', 'second'],
  );
  const theirs = await openssl(['crl2pkcs7', '-nocrl', '-certfile', 'a.pem', '-outform', 'DER'], { files });
  assert.deepEqual(parseCertificatesOnly(theirs), { certificates: [certificate.der], crls: [] });
  assert.equal(
    new X509Certificate(parseCertificatesOnly(written).certificates[1] ?? new Uint8Array()).subject,
    'CN=second',
  );
});

for (const [name, args, scheme] of [
  ['PBES2 and AES', [], 'pbes2'],
  ['3DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'], 'pkcs12-sha1-3des'],
  ['no encryption', ['-keypbe', 'NONE', '-certpbe', 'NONE', '-nomac'], undefined],
] as const) {
  test(`reads the structure of a PKCS#12 file that openssl writes with ${name}`, async () => {
    const der = await openssl(
      ['pkcs12', '-export', '-inkey', 'a.key', '-in', 'a.pem', '-name', 'mine', '-passout', 'pass:x', ...args],
      { files },
    );
    const file = parsePkcs12(der);
    assert.equal(file.mac?.digest, scheme === undefined ? undefined : scheme === 'pbes2' ? 'sha256' : 'sha1');
    const [certificates, keys] = file.safes;
    const bags = keys?.kind === 'plain' ? keys.bags : [];
    assert.equal(bags[0]?.friendlyName, 'mine');
    assert.equal(bags[0]?.localKeyId?.length, 20);
    if (scheme === undefined) {
      assert.deepEqual(bags[0]?.kind === 'key' && createHash('sha1').update(bags[0].pkcs8).digest().length, 20);
      assert.deepEqual(
        certificates?.kind === 'plain' && certificates.bags[0]?.kind === 'certificate' && certificates.bags[0].der,
        certificate.der,
      );
      return;
    }
    assert.ok(certificates?.kind === 'encrypted' && bags[0]?.kind === 'encrypted-key');
    assert.deepEqual([certificates.scheme.kind, bags[0].scheme.kind], [scheme, scheme]);
    if (certificates.scheme.kind === 'pbes2')
      assert.deepEqual([certificates.scheme.digest, certificates.scheme.cipher.name], ['sha256', 'aes256-cbc']);
    assert.throws(
      () => parseSafeContents(certificates.encrypted),
      (error) => isFailure(error),
    );
  });
}
