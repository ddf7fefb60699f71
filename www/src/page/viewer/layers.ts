/** The viewer's elements in the page. */

export function part(root: HTMLElement, selector: string): HTMLElement {
  const element = root.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}

export function canvasIn(layer: HTMLElement): HTMLCanvasElement {
  const canvas = layer.querySelector("canvas");
  if (!canvas) throw new Error("the page has a layer without a canvas");
  return canvas;
}

/** The layers from bottom to top. */
const layerNames = ["before", "baseline", "after", "next", "heat"] as const;
export type LayerName = (typeof layerNames)[number];

export function byLayer<T>(make: (name: LayerName) => T): Record<LayerName, T> {
  return Object.fromEntries(layerNames.map((name) => [name, make(name)])) as Record<LayerName, T>;
}
