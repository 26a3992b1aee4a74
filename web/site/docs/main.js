// The reference: Swagger UI on this server's own description, with the visitor's key.

import { byId } from "../dom.js";
import { key, withKey } from "../key.js";

const SCHEME = "key"; // the name in /openapi.json of a key in X-API-Key
let page = null;

withKey(authorize);
new MutationObserver(() => requestAnimationFrame(name)).observe(byId("reference"), { childList: true, subtree: true });

if (window.SwaggerUIBundle) {
  page = window.SwaggerUIBundle({
    url: "/openapi.json",
    domNode: byId("reference"),
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    validatorUrl: null, // else its badge asks another host
    deepLinking: false, // its links stand inside buttons; `follow` leads to operations, too
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    syntaxHighlight: { theme: "obsidian" },
    tryItOutEnabled: true,
    onComplete: () => {
      authorize();
      follow();
    },
  });
  addEventListener("hashchange", follow);
}

function authorize() {
  if (page && key()) page.preauthorizeApiKey(SCHEME, key());
}

/** Open the operation that the address names, as in `/docs#operations-bars-bars_bars`. */
function follow() {
  const operation = location.hash.startsWith("#operations-") ? byId(location.hash.slice(1)) : null;
  operation?.querySelector("[aria-expanded='false']")?.click();
  operation?.scrollIntoView();
}

/** Give what Swagger UI leaves unnamed a name, and let what scrolls be reached with the keyboard. */
function name() {
  for (const field of document.querySelectorAll(".swagger-ui :is(select, textarea, input):not([aria-label], [id])")) {
    const parameter = field.closest("[data-param-name]")?.dataset.paramName;
    const part = field.closest(".opblock-section-request-body") ? "body" : "example";
    field.setAttribute("aria-label", parameter ?? (field.placeholder || part));
  }
  for (const text of document.querySelectorAll(".swagger-ui pre.microlight:not([tabindex])")) text.tabIndex = 0;
}
