// Passkeys: asks the device, puts its answer into the form's hidden field, sends the form.
//   <form hidden data-passkey="sign-in | confirm | add">  <input type="hidden" name="credential">
// What the device is asked comes from the page (<script id="js_data" type="application/json">), for signing in from the server.
// A browser that knows no passkeys never shows the form.
"use strict";

const asks = {
  "sign-in": async form => (await (await fetch(form.action, { headers: { Accept: "application/json" } })).json()).request_options,
  confirm: async () => given().request_options,
  add: async () => given().creation_options,
};
const given = () => JSON.parse(document.getElementById("js_data").textContent);

async function ask(form) {
  const options = await asks[form.dataset.passkey](form);
  if (form.dataset.passkey !== "add") return webauthnJSON.get(options);
  // a passkey that opens the account by itself: kept on the device, behind its finger, face or number
  Object.assign(options.publicKey.authenticatorSelection, {
    residentKey: "required", requireResidentKey: true, userVerification: "required",
  });
  return webauthnJSON.create(options);
}

function begin(form) {
  form.hidden = false;
  form.elements.credential.value = "";
  form.addEventListener("submit", async event => {
    const field = form.elements.credential;
    if (field.value) return;
    event.preventDefault();
    form.querySelector("[role=alert]")?.remove();
    try {
      field.value = JSON.stringify(await ask(form));
      form.submit();
    } catch {
      const said = document.createElement("p");
      said.className = "hy-err";
      said.setAttribute("role", "alert");
      said.textContent = "没有成功：没有确认，或者这台设备上没有您的通行密钥。可以再试一次，或者用别的办法。";
      form.append(said);
    }
  });
}

if (window.PublicKeyCredential && window.isSecureContext) document.querySelectorAll("form[data-passkey]").forEach(begin);
