import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP address in front of another, to take that one away and bring it back without the other noticing. */
export type Relay = AsyncDisposable & {
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Connections stay, new ones are taken, and not a byte passes any more. */
  freeze(): void;
  /** As at the beginning. What was frozen goes on. */
  restore(): Promise<void>;
};

export async function startRelay(target: { readonly host: string; readonly port: number }): Promise<Relay> {
  const sockets = new Set<Socket>();
  let frozen = false;
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    if (frozen) socket.pause();
  };
  const listen = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((near) => {
        const far = connect(target);
        near.pipe(far);
        far.pipe(near);
        keep(near, far);
        keep(far, near);
      });
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve(server));
    });
  let server: Server | null = await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = async (): Promise<void> => {
    const closing = server;
    server = null;
    const closed = closing === null ? null : new Promise((resolve) => closing.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    cut,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    async restore() {
      frozen = false;
      for (const socket of sockets) socket.resume();
      server ??= await listen(port);
    },
    [Symbol.asyncDispose]: cut,
  };
}
