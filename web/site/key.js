// The visitor's key: asked for once, kept by this tab alone, told to whoever listens.

import { ask, quota, useKey } from "./api.js";
import { byId, whole } from "./dom.js";

// SEC session storage ends with the tab and is never part of an address; what else could read it, the page's policy keeps out
const NAME = "kalpi-key";
const form = byId("key-form");
const button = byId("key-button");
const input = byId("key");

/** Begin with the key that is kept, or ask for one if the page `asks`; `take` gets the account each time that a key is good. */
export async function withKey(take, { asks = true } = {}) {
  button.addEventListener("click", () => open(form.hidden));
  byId("key-forget").addEventListener("click", () => {
    sessionStorage.removeItem(NAME);
    location.reload();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enter(input.value.trim(), take);
  });
  quota.addEventListener("change", (event) => tell(event.detail));
  const kept = sessionStorage.getItem(NAME);
  if (kept) await enter(kept, take);
  else open(asks);
}

/** Return the key in use. */
export const key = () => sessionStorage.getItem(NAME);

/** Show the form again, with the reason; a key that lets nobody in is forgotten. */
export function askAgain(problem) {
  if (problem.status === 401 || problem.status === 403) {
    sessionStorage.removeItem(NAME);
    useKey(null);
  }
  const told = byId("key-problem");
  told.textContent = problem.message;
  told.hidden = false;
  open(true);
}

async function enter(text, take) {
  useKey(text);
  try {
    const me = await ask("/v1/me");
    sessionStorage.setItem(NAME, text);
    input.value = "";
    byId("key-problem").hidden = true;
    byId("key-forget").hidden = false;
    button.textContent = `Key: ${me.tier}`;
    open(false);
    take(me);
  } catch (problem) {
    askAgain(problem);
  }
}

function open(opened) {
  form.hidden = !opened;
  button.setAttribute("aria-expanded", String(opened));
  if (opened) input.focus();
}

function tell(policies) {
  const told = policies.map(({ name, quota: all, left }) => (left === undefined ? `${name}: ${whole(all)}` : `${name}: ${whole(left)} of ${whole(all)} left`));
  if (!policies.some(({ name }) => name === "day")) told.push("day: unlimited");
  byId("quota").textContent = told.join(" \u00b7 ");
  byId("quota").hidden = false;
}
