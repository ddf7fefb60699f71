import { useEffect, useState } from "react";
import { useUpscaler } from "./use-upscaler.js";

export function App() {
  const { progress, result, error, enlarge } = useUpscaler();
  const src = useObjectUrl(result);

  return (
    <>
      <input
        type="file"
        accept="image/*"
        onChange={({ target }) => enlarge(target.files[0], { scale: 2 })}
      />
      {progress !== undefined && <progress value={progress} />}
      <output>
        {error?.message}
        {result &&
          `${result.width} × ${result.height}, SHA-256 ${result.report.outputSha256}`}
      </output>
      {src && <img alt="The enlarged picture" src={src} />}
    </>
  );
}

/** The address of a result's PNG, which is given back when the next one comes. */
function useObjectUrl(result) {
  const [url, setUrl] = useState();
  useEffect(() => {
    let isCurrent = true;
    let url;
    result?.blob("image/png").then((png) => {
      if (isCurrent) setUrl((url = URL.createObjectURL(png)));
    });
    return () => {
      isCurrent = false;
      setUrl(undefined);
      URL.revokeObjectURL(url);
    };
  }, [result]);
  return url;
}
