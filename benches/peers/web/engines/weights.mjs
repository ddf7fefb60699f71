/** Our weights files (safetensors): the network's config, and its tensors by name. */
export async function readWeights(url) {
  const file = await (await fetch(url)).arrayBuffer();
  const headerLength = Number(new DataView(file).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, headerLength)));
  const { __metadata__: metadata, ...entries } = header;
  const tensors = new Map();
  for (const [
    name,
    {
      shape,
      data_offsets: [start, end],
    },
  ] of Object.entries(entries)) {
    const values = new Float32Array(file.slice(8 + headerLength + start, 8 + headerLength + end));
    tensors.set(name, { shape, values });
  }
  return { config: JSON.parse(metadata.splitsr).config, tensors };
}
