import type { Config, Listen } from '../config/config.ts';

/** Where devices and relying parties reach this server, without trailing slash. Known for certain once it listens. */
export type OwnAddresses = {
  readonly publicUrl: string;
  readonly pkiUrl: string;
  /** Where administrators open the console. */
  readonly adminUrl: string;
  /** Scheme, host and port of every address at which this server surely answers. */
  readonly origins: readonly string[];
  /** The ports that were really opened; a configured address stands. */
  opened(urls: { readonly plain: string; readonly tls: string | null; readonly admin?: string }): void;
};

export function ownAddresses(config: Config): OwnAddresses {
  let plain = `http://${reachable(config.listen)}`;
  let tls: string | null = null;
  let admin: string | null = null;
  return {
    get publicUrl() {
      return config.publicUrl ?? plain;
    },
    get pkiUrl() {
      return config.pkiUrl ?? config.publicUrl ?? plain;
    },
    get adminUrl() {
      return config.adminUrl ?? admin ?? config.publicUrl ?? tls ?? plain;
    },
    get origins() {
      return [config.publicUrl, config.adminUrl, admin, plain, tls]
        .filter((url) => url !== null)
        .map((url) => new URL(url).origin);
    },
    opened: (urls) => {
      const { port } = new URL(urls.plain);
      plain = `http://${reachable({ ...config.listen, port: Number(port === '' ? 80 : port) })}`;
      tls = urls.tls;
      admin = urls.admin ?? admin;
    },
  };
}

/** An address that listens everywhere is reached by name or number: loopback is the one that surely exists. */
function reachable({ host, port }: Listen): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}
