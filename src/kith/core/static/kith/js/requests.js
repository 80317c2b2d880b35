// htmx for this house: CSRF token, busy marks, the load bar, and errors that keep what was typed and offer Retry.
import { csrf, text } from "./dom.js";
import { toast } from "./toast.js";

const SWAPPED = [409, 422]; // answers that are pages of their own: conflict and form with errors
const REASONS = { 403: "forbidden", 404: "missing", 409: "conflict", 429: "busy" };
let pending = 0;
let timer = 0;

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.request.method !== "GET") ctx.request.headers["X-CSRFToken"] = csrf();
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.target instanceof Element && ctx.target !== document.body) {
    ctx.target.setAttribute("aria-busy", "true");
    ctx.busy = ctx.target; // an answer may go elsewhere (HX-Retarget)
  }
  pending += 1;
  timer ||= setTimeout(() => bar(true), 1000);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  ctx.busy?.removeAttribute("aria-busy");
  pending = Math.max(0, pending - 1);
  if (pending) return;
  clearTimeout(timer);
  timer = 0;
  bar(false);
});

function bar(shown) {
  const element = document.getElementById("loadbar");
  if (element) element.hidden = !shown;
}

/** Send the request of this context again. */
export function again(ctx) {
  const { method, action } = ctx.request;
  const source = ctx.sourceElement.isConnected ? ctx.sourceElement : document.body;
  const values = source === document.body ? bodyOf(ctx) : ctx.values;
  return window.htmx.ajax(method, action, { source, target: ctx.target, swap: ctx.swap, select: ctx.select, event: ctx.sourceEvent, values });
}

function bodyOf(ctx) {
  return ctx.request.body ? Object.fromEntries(ctx.request.body) : undefined;
}

// An error answer never replaces what is on the page, unless it says where it belongs.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  const status = ctx.response?.status ?? 200;
  if (status < 400 || ctx.hx?.retarget || handled(ctx, status)) return;
  if (SWAPPED.includes(status) && ctx.text.trim()) return;
  event.preventDefault();
  if (status === 401) return; // session.js signs in and repeats
  if (ctx.hx?.trigger?.includes('"toast"')) return;
  const reason = text(REASONS[status] ?? "failed");
  toast({ text: reason, tone: "bad", retry: status >= 429 ? () => again(ctx) : null });
});

function handled(ctx, status) {
  const forms = [String(status), `${String(status)[0]}xx`];
  return forms.some((form) => ctx.sourceElement?.hasAttribute?.(`hx-status:${form}`));
}

document.addEventListener("htmx:error", ({ detail: { ctx, error } }) => {
  if (!ctx || error?.name === "AbortError" && ctx.request?.signal?.reason !== "timeout") return;
  const late = error?.name === "AbortError" || error === "timeout";
  toast({ text: text(late ? "timeout" : "offline"), tone: "bad", retry: () => again(ctx) });
});
