// The session ended, or an act asks anew who one is: that is done over the page, then what was being done is repeated.
import { again } from "./requests.js";

let waiting = [];

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const dialog = document.getElementById("signin");
  if (ctx.response?.status !== 401 || !dialog) return;
  waiting.push(ctx);
  if (dialog.open) return;
  const asks = ctx.response.headers.get("Kith-Ask") === "proof" ? "/proof" : "/login";
  window.htmx.ajax("GET", `${asks}?dialog=1`, { target: "#signin", swap: "innerHTML" }).then(() => dialog.showModal());
});

document.addEventListener("signed-in", ({ detail }) => {
  const meta = document.querySelector('meta[name="csrf-token"]');
  if (meta && detail?.token) meta.content = detail.token;
  document.getElementById("signin")?.close();
  const [calls, none] = [waiting, []];
  waiting = none;
  calls.forEach(again);
});
