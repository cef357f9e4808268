// UUIDv5 (RFC 9562): the same name in the same namespace gives the same id, here and at the server.

/** The id of `name` in the namespace `space`. */
export async function uuid5(space: string, name: Uint8Array | string): Promise<string> {
  const bytes = typeof name === "string" ? new TextEncoder().encode(name) : name;
  const input = new Uint8Array(16 + bytes.length);
  input.set(bytesOf(space));
  input.set(bytes, 16);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", input)).slice(0, 16);
  hash[6] = 0x50 | ((hash[6] ?? 0) & 0x0f);
  hash[8] = 0x80 | ((hash[8] ?? 0) & 0x3f);
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The sixteen bytes of an id. */
export function bytesOf(id: string): Uint8Array {
  const pairs = id.replaceAll("-", "").match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}
