export const firstRun = {
  title: 'Set up Scepward',
  welcome: 'Certificates for every device, from here. Three steps, about two minutes.',
  steps: { code: 'Set-up code', authority: 'Certification authority', administrator: 'Administrator' },
  code: 'Set-up code',
  codeHint:
    'The server wrote it into the file “setup-code” of its data directory, so that only who runs the machine can set it up.',
  organisation: 'Organisation',
  organisationHint: 'Stands in the names of the authority’s certificates.',
  address: 'Address of the server for devices',
  addressHint:
    'Stands in certificates for ever: where revocation lists are found. Plain http:// that every device reaches.',
  authorityThere: 'There is a certification authority already. Nothing to do here.',
  authorityNew:
    'A root and an issuing authority are made on this server. To bring your own, run scepward init --import on the machine instead.',
  issuerKey: 'Key of the issuing authority',
  keys: { 'rsa-2048': 'RSA 2048: understood by every device', 'p-256': 'ECDSA P-256: faster, for modern devices' },
  name: 'Your name',
  signInName: 'Sign-in name',
  signInNameHint: 'Such as your mail address.',
  finish: 'Set up',
  authorityFailed: 'You are signed in; the certification authority could not be made:',
  sample: 'Load the sample organisation',
  sampleHint: 'Users, devices and profiles to look around with; not for an authority that is to be kept.',
  sampleFailed: 'The sample organisation was not loaded.',
};
