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
      dtype,
      shape,
      data_offsets: [start, end],
    },
  ] of Object.entries(entries)) {
    const bytes = file.slice(8 + headerLength + start, 8 + headerLength + end);
    // Shipped models hold 16-bit floats.
    const values = dtype === "F16" ? Float32Array.from(new Float16Array(bytes)) : new Float32Array(bytes);
    tensors.set(name, { shape, values });
  }
  return { config: JSON.parse(metadata.splitsr).config, tensors };
}
