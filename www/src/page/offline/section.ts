/**
 * The page without a connection: registers the service worker, and offers to store everything for
 * offline use.
 */
import { nothing, render, type TemplateResult } from "lit-html";
import { MAX_SILENCE_MS, type Kept, type Question } from "../../offline/protocol.ts";
import { html } from "../shared/html.ts";
import { keepFocus } from "../shared/keep-focus.ts";
import { persist } from "../shared/persist.ts";
import { fixed, onLanguage, t } from "../shared/words.ts";

interface State {
  /** Undefined until the service worker has stored what the page needs. */
  kept: Kept | undefined;
  keeping: boolean;
  /** The next version of the site, which waits for this page to be closed or reloaded. */
  next: ServiceWorker | undefined;
}

/**
 * Shows in `container` what is stored. Only the page calls this: the `splitsr` package brings no
 * service worker.
 */
export async function offerOffline(container: HTMLElement): Promise<void> {
  // The development server has none, and browsers have them only for pages that are loaded over
  // https. An incomplete site is not stored: a reload must find the complete one.
  if (!import.meta.env.PROD || !import.meta.env.COMPLETE || !("serviceWorker" in navigator)) return;
  const state: State = { kept: undefined, keeping: false, next: undefined };
  const show = () => render(template(state, keep), container);
  onLanguage(show);

  const keep = async () => {
    state.keeping = true;
    show();
    await persist();
    const { active } = await navigator.serviceWorker.ready;
    try {
      if (active) {
        await ask(active, "keep", (kept) => {
          state.kept = kept;
          show();
        });
      }
    } catch {
      if (state.kept) state.kept.failure = "network";
    }
    state.keeping = false;
    // Its button goes away once everything is stored.
    keepFocus(container, "[role=status]", show);
  };

  try {
    const registration = await navigator.serviceWorker.register(new URL("service-worker.js", document.baseURI));
    const update = () => {
      // Without an active worker this is the first version, which waits for nothing.
      state.next = registration.active ? (registration.waiting ?? undefined) : undefined;
      show();
    };
    registration.addEventListener("updatefound", () =>
      registration.installing?.addEventListener("statechange", update),
    );
    update();
    const { active } = await navigator.serviceWorker.ready;
    if (active) await ask(active, "tell", (kept) => (state.kept = kept));
    show();
  } catch {
    // Private windows of some browsers refuse it. The page then needs a connection.
  }
}

/** Resolves with the last answer. Rejects if the worker falls silent before that. */
function ask(worker: ServiceWorker, question: Question, onAnswer: (kept: Kept) => void): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(question, [port2]);
  return new Promise<void>((resolve, reject) => {
    const wait = () => setTimeout(() => reject(new Error("the service worker was ended")), MAX_SILENCE_MS);
    let waiting = wait();
    port1.onmessage = ({ data }: MessageEvent<Kept>) => {
      clearTimeout(waiting);
      onAnswer(data);
      if (question === "tell" || data.failure || data.kept >= data.all) resolve();
      else waiting = wait();
    };
  }).finally(() => port1.close());
}

/**
 * Starts the next version and reloads the page, when the visitor asks for it: reloading loses the
 * result, and without it the page would ask for files that the next version does not have.
 */
function takeOver(next: ServiceWorker): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  next.postMessage("take over" satisfies Question);
}

function template(state: State, keep: () => Promise<void>): TemplateResult {
  const { next } = state;
  return html`
    ${next ? html`<p>A new version is available. ${link(t("Reload"), () => takeOver(next))}</p>` : nothing}
    <p data-testid="offline" data-state=${stateName(state)}>
      <span role="status" tabindex="-1">${outcome(state)}</span>
      ${offer(state, keep)}
    </p>
  `;
}

function stateName({ kept, keeping }: State): string {
  if (!kept) return "starting";
  if (keeping) return "keeping";
  if (kept.failure) return "failed";
  return kept.kept < kept.all ? "ready" : "kept";
}

/** Announced by screen readers. */
function outcome(state: State): string {
  switch (stateName(state)) {
    case "kept":
      return t("Everything is saved on this device, so the page works offline.");
    case "failed":
      return state.kept?.failure === "room"
        ? t("There is not enough space on this device for everything. Free some up and try again.")
        : t("Some files could not be loaded. Check the connection and try again.");
    default:
      return "";
  }
}

function offer(state: State, keep: () => Promise<void>): TemplateResult | typeof nothing {
  const { kept, keeping } = state;
  if (!kept || stateName(state) === "kept") return nothing;
  // The button keeps the focus while it works.
  if (keeping) return link(t`Saving for offline use: ${megabytes(kept.kept)} of ${megabytes(kept.all)} MB`);
  const label = kept.failure ? t("Try again") : t("Save everything for offline use");
  return link(label, () => void keep(), ` (${megabytes(kept.all - kept.kept)} MB)`);
}

/** A button, and what stands after it. */
function link(label: string, onClick?: () => void, after = ""): TemplateResult {
  return html`<button type="button" class="link" aria-disabled=${!onClick} @click=${onClick}>${label}</button>${after}`;
}

function megabytes(bytes: number): string {
  return fixed(bytes / 1e6, 1);
}
