/** Where frames come from: a camera, a video file, or the picture of a tab or screen. */
import { t } from "../shared/words.ts";

export type SourceKind = "camera" | "file" | "screen";

export interface Source {
  kind: SourceKind;
  /** Plays on a `<video>`. */
  stream: MediaStream | undefined;
  /** The address of a file. */
  address: string | undefined;
  /** Which camera it is. */
  device: string | undefined;
}

/** Cameras are asked for this, and give what they have. */
const PREFERRED_CONSTRAINTS = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/** Chromium's way to say that this page stays in front, so that it is not hidden at once. */
declare const CaptureController: (new () => { setFocusBehavior(behaviour: "no-focus-change"): void }) | undefined;

/** Whether the browser can show a tab's or a screen's picture. Phones cannot. */
export const sharesScreens = (): boolean =>
  "mediaDevices" in navigator && typeof Reflect.get(navigator.mediaDevices, "getDisplayMedia") === "function";

/** Opens any other camera if `device` is gone. */
export async function openCamera(device: string | undefined): Promise<Source> {
  if (!("mediaDevices" in navigator)) throw new DOMException("", "InsecureContextError");
  const open = (which: MediaTrackConstraints) =>
    navigator.mediaDevices.getUserMedia({ video: { ...PREFERRED_CONSTRAINTS, ...which }, audio: false });
  const openAny = () => open({ facingMode: "environment" });
  const openOne = (id: string) =>
    open({ deviceId: { exact: id } }).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "OverconstrainedError") return openAny();
      throw error;
    });
  const stream = await (device === undefined ? openAny() : openOne(device));
  const { deviceId } = stream.getVideoTracks()[0]?.getSettings() ?? {};
  return { kind: "camera", stream, address: undefined, device: deviceId };
}

export async function openScreen(): Promise<Source> {
  const controller = typeof CaptureController === "undefined" ? undefined : new CaptureController();
  try {
    controller?.setFocusBehavior("no-focus-change");
  } catch {
    // Some versions know the controller without this.
  }
  const options = { video: true, audio: false, ...(controller ? { controller } : {}) };
  const stream = await navigator.mediaDevices.getDisplayMedia(options);
  return { kind: "screen", stream, address: undefined, device: undefined };
}

export function openFile(file: Blob): Source {
  return { kind: "file", stream: undefined, address: URL.createObjectURL(file), device: undefined };
}

/** Turns the camera off, or frees the file. */
export function release({ stream, address }: Source): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
  if (address !== undefined) URL.revokeObjectURL(address);
}

/** The cameras to choose from, which have names once one of them is in use. */
export async function listCameras(): Promise<{ id: string; name: string }[]> {
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const cameras = all.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "");
  return cameras.map(({ deviceId, label }, index) => ({ id: deviceId, name: label || t`Camera ${index + 1}` }));
}

/** Says why there are no frames, and what to do. */
export function startErrorText(kind: SourceKind, error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (kind === "file") return t("The browser cannot play this file. Choose another video, such as MP4 or WebM.");
  if (kind === "screen") {
    if (name === "NotAllowedError" || name === "AbortError")
      return t("Nothing is shared. To pick a tab or screen, choose Screen again.");
    return t("The tab or screen cannot be shared. Check that your system lets the browser record it.");
  }
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return t("The camera is blocked. Allow it for this page in the browser's settings, then choose Camera again.");
    case "NotFoundError":
    case "OverconstrainedError":
      return t("No camera was found. Connect one and choose Camera again, or open a video file.");
    case "NotReadableError":
    case "AbortError":
      return t("The camera cannot be read. Close other programs that use it, then choose Camera again.");
    case "InsecureContextError":
      return t("Browsers allow the camera only on secure pages. Open this page over https, or open a video file.");
    default:
      return t("The camera did not start. Choose Camera again, or open a video file.");
  }
}

/** Says that the frames have ended without a request from this page. */
export function endedText(kind: SourceKind): string {
  if (kind === "screen") return t("Sharing has ended. To continue, choose Screen again.");
  return t("The camera was disconnected. Connect it and choose Camera again.");
}
