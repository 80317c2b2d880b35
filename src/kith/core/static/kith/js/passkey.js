// Fills a form with the answer of a passkey and sends it: data-origin (where passkeys work), data-options (who says what to ask
// for), a button data-passkey="<what for>". Parts marked data-passkey-part are shown only where the browser can do it.
import { post, text } from "./dom.js";
import { toast } from "./toast.js";

const { PublicKeyCredential: Passkeys } = window;

export default function passkey(form) {
  if (!Passkeys?.parseRequestOptionsFromJSON || location.origin !== form.dataset.origin) return;
  form.querySelectorAll("[data-passkey-part]").forEach((part) => { part.hidden = false; });
  form.querySelectorAll("[data-passkey-else]").forEach((part) => { part.hidden = true; });
  form.querySelectorAll("[data-passkey]").forEach((button) => button.addEventListener("click", () => send(form, button)));
  form.querySelector("[data-passkey-enter]")?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector("[data-passkey]").click();
  });
}

async function send(form, button) {
  button.disabled = true;
  const answer = await ask(form.dataset.options, button.dataset.passkey).catch(() => null);
  button.disabled = false;
  if (!answer) return toast({ text: text("noPasskey"), tone: "bad" });
  form.elements.passkey.value = JSON.stringify(answer.toJSON());
  form.noValidate = true; // the other fields may stay empty
  form.requestSubmit();
}

async function ask(address, why) {
  const response = await post(address, { why });
  if (!response.ok) return null;
  const options = await response.json();
  return why === "new"
    ? navigator.credentials.create({ publicKey: Passkeys.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: Passkeys.parseRequestOptionsFromJSON(options) });
}
