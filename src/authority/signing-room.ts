/** Who may have an OCSP answer signed: as many as wait at a time, and no client network more than its share of them. */
export type SigningRoom = {
  /** Null, with nothing signed, when there is no room for this client. */
  sign(client: string, work: () => Promise<Uint8Array>): Promise<Uint8Array> | null;
};

/** A client has at most half of what the others leave: whoever comes alone half of all, and there is always room for one more. */
export function signingRoom(most: number): SigningRoom {
  const byClient = new Map<string, number>();
  let all = 0;
  const leave = (client: string) => {
    all -= 1;
    const left = (byClient.get(client) ?? 1) - 1;
    if (left > 0) byClient.set(client, left);
    else byClient.delete(client);
  };
  return {
    sign(client, work) {
      const own = byClient.get(client) ?? 0;
      if (own + 1 > Math.ceil((most - (all - own)) / 2)) return null;
      byClient.set(client, own + 1);
      all += 1;
      return work().finally(() => leave(client));
    },
  };
}
