import type * as english from '../en/trusted.ts';

const bytes = new Intl.NumberFormat('de', { maximumFractionDigits: 1 });
const size = (n: number) => (n < 1e6 ? `${bytes.format(n / 1e3)} kB` : `${bytes.format(n / 1e6)} MB`);

export const trusted: typeof english.trusted = {
  certificate: 'Zertifikatdatei',
  choose: 'Datei wählen',
  hint: 'Ein CA-Zertifikat: .cer, .crt oder .pem, DER oder PEM. Es kann auch hierher gezogen werden.',
  ownRoot: (authority) => `Die Wurzel von ${authority} nehmen`,
  tooLarge: (file, n) =>
    `${file} hat ${size(n)}. Ein CA-Zertifikat hat einige kB: Das ist etwas anderes und wurde nicht gelesen.`,
  refused: (file, why) => `${file}: ${why}`,
  fileName: 'Dateiname',
  subject: 'Antragsteller',
  issuer: 'Ausgestellt von',
  validFrom: 'Gültig ab',
  validTo: 'Gültig bis',
  destinationStore: 'Zielspeicher',
  stores: {
    computerRoot: 'Zertifikatspeicher des Computers – Stamm',
    computerIntermediate: 'Zertifikatspeicher des Computers – Zwischen',
    userIntermediate: 'Zertifikatspeicher des Benutzers – Zwischen',
  },
  deploymentChannel: 'Bereitstellungskanal',
  channels: { device: 'Gerätekanal', user: 'Benutzerkanal' },
};
