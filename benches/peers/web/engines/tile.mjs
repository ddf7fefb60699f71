/**
 * `TileInput::to_bytes` of src/upscale/tile.rs, for a tile that is the whole picture, in fast
 * arithmetic and without a schedule.
 */
export function tileMessage(planes, height, width, scale) {
  const flags = 0;
  const planLength = 0;
  const source = [width, height];
  const target = [scale * width, scale * height];
  const header = Uint32Array.of(flags, planLength, ...source, ...target, 0, 0, ...source, 0, 0, ...target);
  const message = new Uint8Array(header.byteLength + planes.byteLength);
  message.set(new Uint8Array(header.buffer));
  message.set(new Uint8Array(planes.buffer, planes.byteOffset, planes.byteLength), header.byteLength);
  return message;
}
