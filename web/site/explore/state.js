// What is on screen, as the part of the address after `#`: it can be kept and sent on. The key is never part of it.

/** What a question has when nothing is said. */
export const USUAL = { symbol: "", interval: "1d", adjust: "split", start: "", end: "", limit: "500" };
const INDICATOR = /^([a-z0-9_]+)(?:\((.*)\))?$/;

/** Return the state that an address tells; unknown names are left out. */
export function read(hash) {
  const state = { ...USUAL, indicators: [] };
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    const name = part.slice(0, at);
    const value = part.slice(at + 1);
    // what stands between brackets is read part by part; some programs write the brackets themselves as %28 and %29
    if (name === "i") state.indicators.push(...readIndicator(value.includes("(") ? value : decoded(value)));
    else if (Object.hasOwn(USUAL, name)) state[name] = decoded(value);
  }
  return state;
}

/** Return the state as an address has it. */
export function write(state) {
  const parts = Object.keys(USUAL)
    .filter((name) => state[name] && state[name] !== USUAL[name])
    .map((name) => `${name}=${encodeURIComponent(state[name])}`);
  for (const { id, options } of state.indicators) {
    const given = Object.entries(options).map(([name, value]) => `${name}:${encodeURIComponent(value)}`);
    parts.push(`i=${id}${given.length ? `(${given.join(",")})` : ""}`);
  }
  return `#${parts.join("&")}`;
}

function readIndicator(text) {
  const found = INDICATOR.exec(text);
  if (!found) return [];
  const options = {};
  for (const part of (found[2] ?? "").split(",")) {
    const at = part.indexOf(":");
    if (at > 0) options[part.slice(0, at)] = decoded(part.slice(at + 1));
  }
  return [{ id: found[1], options }];
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
