import type { Config, Listen } from '../config/config.ts';

/** Where devices and relying parties reach this server, without trailing slash. Known for certain once it listens. */
export type OwnAddresses = {
  readonly publicUrl: string;
  readonly pkiUrl: string;
  /** Scheme, host and port of every address at which this server surely answers. */
  readonly origins: readonly string[];
  /** The ports that were really opened; a configured address stands. */
  opened(urls: { readonly plain: string; readonly tls: string | null }): void;
};

export function ownAddresses(config: Config): OwnAddresses {
  let plain = `http://${reachable(config.listen)}`;
  let tls: string | null = null;
  return {
    get publicUrl() {
      return config.publicUrl ?? plain;
    },
    get pkiUrl() {
      return config.pkiUrl ?? config.publicUrl ?? plain;
    },
    get origins() {
      return [config.publicUrl, plain, tls].filter((url) => url !== null).map((url) => new URL(url).origin);
    },
    opened: (urls) => {
      const { port } = new URL(urls.plain);
      plain = `http://${reachable({ ...config.listen, port: Number(port === '' ? 80 : port) })}`;
      tls = urls.tls;
    },
  };
}

/** An address that listens everywhere is reached by name or number: loopback is the one that surely exists. */
function reachable({ host, port }: Listen): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}
