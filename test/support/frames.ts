/** Cuts a stream into its frames: each a length in 4 bytes, big-endian, and that many bytes. An unfinished one is left out. */
export async function* readFrames(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let wanted = 4;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wanted) continue;
    let rest = Buffer.concat(chunks);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const end = 4 + rest.readUInt32BE();
      yield rest.subarray(4, end);
      rest = rest.subarray(end);
    }
    chunks = [rest];
    size = rest.length;
    wanted = size < 4 ? 4 : 4 + rest.readUInt32BE();
  }
}
