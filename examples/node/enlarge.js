// node enlarge.js photo.jpg photo-x2.png
import { readFile } from "node:fs/promises";
import { createUpscaler } from "splitsr/node";

const [picture, result] = process.argv.slice(2);
const upscaler = await createUpscaler();
const enlarged = await upscaler.upscale(await readFile(picture), { scale: 2 });
await enlarged.save(result);
upscaler.destroy();

const { width, height, report } = enlarged;
console.log(`${width} × ${height}, SHA-256 ${report.outputSha256}`);
