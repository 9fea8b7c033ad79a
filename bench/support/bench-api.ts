/** The administration API of a server that is measured. */
export type BenchApi = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Throws for anything but 2xx. */
  call<T>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
};

export function benchApi(url: string, token: string): BenchApi {
  const call = async <T>(method: string, path: string, body?: unknown, headers = {}): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  return { url, headers: { authorization: `Bearer ${token}` }, call };
}
