import { decodeName, encodeName } from '../formats/x509/name.ts';
import { fromHex, toHex } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import { encodeX500String } from '../profiles/name/encode-x500-string.ts';
import { formatX500String } from '../profiles/name/format-x500-string.ts';
import type { RegisterCommand } from './command.ts';

/** The X.500 name grammar of CertStrToName, both ways, without a server. */
export const registerName: RegisterCommand = (program, run) => {
  const name = program.command('name').description('the X.500 name grammar: text to DER and back');
  name
    .command('encode')
    .argument('<string>', 'for example: CN="Doe, Jane",O=Example')
    .description('DER of the name, as hex')
    .action(
      run(async (terminal, [text = '']) => {
        const result = encodeX500String(text);
        if (!result.ok) {
          const { symbol: code, offset, detail } = result.error;
          terminal.say(`scepward: ${detail} (at offset ${offset})`);
          terminal.result({ code, offset, detail }, () => '');
          return 2;
        }
        const der = toHex(encodeName(result.name));
        terminal.result({ der, text: formatX500String(result.name) }, () => der);
        return 0;
      }),
    );
  name
    .command('decode')
    .argument('<hex>', 'DER of a Name')
    .description('the name as text')
    .action(
      run(async (terminal, [hex = '']) => {
        const der = fromHex(hex.replaceAll(/[\s:]/g, ''));
        if (der === undefined)
          throw new Failure('malformed', 'not-hex', 'This is not hex: write two digits 0-9, a-f for each byte.');
        const text = formatX500String(decodeName(der));
        terminal.result({ text }, () => text);
        return 0;
      }),
    );
};
