"use client";
import { useState } from "react";
import { createUpscaler } from "splitsr";

export default function Page() {
  const [picture, setPicture] = useState();

  async function enlarge(file) {
    // The choice was cancelled.
    if (!file) return;
    const upscaler = await createUpscaler();
    try {
      const { width, height, report, blob } = await upscaler.upscale(file, {
        scale: 2,
      });
      const src = URL.createObjectURL(await blob("image/png"));
      setPicture({
        src,
        text: `${width} × ${height}, SHA-256 ${report.outputSha256}`,
      });
    } finally {
      upscaler.destroy();
    }
  }

  return (
    <>
      <input
        type="file"
        accept="image/*"
        onChange={({ target }) => enlarge(target.files[0])}
      />
      <output>{picture?.text}</output>
      <img alt="The enlarged picture" src={picture?.src} />
    </>
  );
}
