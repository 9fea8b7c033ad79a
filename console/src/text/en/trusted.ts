const bytes = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const size = (n: number) => (n < 1e6 ? `${bytes.format(n / 1e3)} kB` : `${bytes.format(n / 1e6)} MB`);

export const trusted = {
  certificate: 'Certificate file',
  choose: 'Choose a file',
  hint: 'One CA certificate: .cer, .crt or .pem, DER or PEM. It can be dropped here.',
  ownRoot: (authority: string) => `Use the root of ${authority}`,
  tooLarge: (file: string, n: number) =>
    `${file} has ${size(n)}. A CA certificate has a few kB: this is something else, and was not read.`,
  refused: (file: string, why: string) => `${file}: ${why}`,
  fileName: 'File name',
  subject: 'Subject',
  issuer: 'Issued by',
  validFrom: 'Valid from',
  validTo: 'Valid to',
  destinationStore: 'Destination store',
  stores: {
    computerRoot: 'Computer certificate store - Root',
    computerIntermediate: 'Computer certificate store - Intermediate',
    userIntermediate: 'User certificate store - Intermediate',
  },
  deploymentChannel: 'Deployment channel',
  channels: { device: 'Device channel', user: 'User channel' },
};
